# A ZIP of one folder is that folder, unless a parameter names it; __MACOSX is what Finder adds.
rm -rf __MACOSX
set -- *
case "/$APP_ROOT/$OUTPUT_FOLDER/" in
  */"$1"/*) ;;
  *) if [ $# = 1 ] && [ -d "$1" ]; then cd "$1" || exit 1; fi ;;
esac
