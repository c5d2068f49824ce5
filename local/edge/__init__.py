"""What CloudFront does between a browser and the bucket, with the functions and settings that are deployed."""
