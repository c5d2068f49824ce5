"""A mail to people: a short subject, and commands that can be pasted.

EventBridge can hand an event to a topic by itself, but without a subject, and without knowing what to do next.
"""

import json
import os

import boto3

STACK_SHOWN = 40  # characters of a stack's name, which may have 128: the subject says what happened too
COMMIT_DIGITS, DIGITS_SHOWN = 40, 10  # of a commit, and as many as a person recognises it by
NAME_SHOWN = 30  # characters of a deployment that has another name
LINE_LIMIT = 300  # characters of somebody else's words
# less than 100 ASCII characters, no line break: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
SUBJECT_LIMIT = 99


def send(subject: str, body: str) -> dict[str, str]:
    """Send it to whoever has subscribed to the topic; what was sent."""
    stack = os.environ["STACK"]
    text = plain(f"{stack[:STACK_SHOWN]}: {subject}")[:SUBJECT_LIMIT]
    sent = {"Subject": text, "Message": f"{body}\n\nStack {stack}, Region {os.environ['AWS_REGION']}\n"}
    boto3.client("sns").publish(TopicArn=os.environ["TOPIC_ARN"], **sent)
    print(json.dumps({"outcome": "told", "subject": text}))  # what a function prints is its log
    return sent


def plain(text: str) -> str:
    """The text in printable ASCII."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)


def one_line(text: str) -> str:
    """Somebody else's words as one line, or they could be the mail's next ones."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:LINE_LIMIT]


def run(command: str) -> str:
    """The command as a person can paste it."""
    return f"  deployments {command} --stack {os.environ['STACK']} --region {os.environ['AWS_REGION']}"
