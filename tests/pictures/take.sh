#!/bin/sh
# Makes workbench.png, the picture in the README, from the built program.
#
#   cargo build --release
#   EVTUI_SHOT="path/to/tool" tests/pictures/take.sh [PROGRAM]
#
# EVTUI_SHOT is a tool that drives a program in a pseudo-terminal and takes pictures. It is called as
#   $EVTUI_SHOT --size COLUMNSxROWS --out FOLDER --script STEPS -- COMMAND...
# with the steps until:TEXT (wait for a text, _ is a blank), wait:SECONDS, text:TEXT, <Key> and
# shot:NAME (writes FOLDER/NAME.png), and a terminal of 16 million colours.
set -eu

: "${EVTUI_SHOT:?set it to the command of a tool that takes pictures of terminals}"
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-$root/target/release/evtui}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cp -R "$root/sample-configs/web-access" "$folder/web-access"
rm -rf "$folder/web-access/output"
steps="until:20_events <C-o> text:page.log <Enter> until:Jinja <C-r> until:running wait:15"
steps="$steps <Down> shot:workbench <C-r> until:stopped <C-q>"
cd "$folder"
# Words are split on purpose: the tool may be given with arguments.
# shellcheck disable=SC2086
$EVTUI_SHOT --size 120x36 --out "$folder" --script "$steps" -- \
    "$program" --theme dark --seed 7 web-access
cp "$folder/workbench.png" "$root/tests/pictures/workbench.png"
