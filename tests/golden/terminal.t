# What a file says must not move the cursor of a terminal, nor turn the direction of its text: C0 and C1 controls, bidi marks.

$ mkdir shipped local.d; cp worldwide.rules shipped/
$ cat > m365.conf <<'END'
> state state
> data shipped
> END
$ printf '%b\n' 'allow b.example owner="o\0302\0233y" ticket="\0342\0200\0256T" gen="g\0342\0201\0246" note="n \0342\0200\0223 \0303\0274"' > local.d/b.rules
$ m365ctl table -t local.d/b.rules
allow    b.example  source=b owner=o??y ticket=???T gen=g??? note="n – ü"

A dash and a letter of another language stay as they are. No command lets the others through, on stdout or stderr.

$ printf '%b' 'allow c.example note="\0342\0200\0256x"\n' > old.rules; printf '%b' 'allow c.example note="\0342\0200\0217y"\n' > new.rules
$ cp local.d/b.rules "$(printf 'name\302\233\342\200\256.rules')"; printf '%b' 'inspect \0342\0200\0256.example \0302\0233=1\n' > bad.rules
$ { m365ctl publish -c m365.conf --note "$(printf 'why\302\233\342\200\256')"; m365ctl check -c m365.conf; m365ctl status -c m365.conf; \
    m365ctl history -c m365.conf; m365ctl blame -c m365.conf b.example; m365ctl lookup -t local.d/b.rules --explain b.example "$(printf '\342\200\256.example')"; \
    m365ctl diff -c m365.conf old.rules new.rules; m365ctl diff -c m365.conf old.rules name*; m365ctl check -t name*; m365ctl table -t name* -t local.d/b.rules; \
    m365ctl table -t bad.rules; m365ctl table -t "$(printf 'none\302\233')"; m365ctl "$(printf 'none\302\233\342\200\256')"; \
    m365ctl history --json -c m365.conf; m365ctl lookup --json --explain -t local.d/b.rules b.example; \
    m365ctl diff --json -c m365.conf old.rules new.rules; } > all 2>&1; LC_ALL=C grep -c "$(printf '\302\233\|\342\200\256\|\342\200\217\|\342\201\246')" all; grep -o 'o??y' all | sort -u
0
o??y

JSON escapes them.

$ m365ctl diff --json -c m365.conf old.rules new.rules | grep -o '"note":"[^"]*"'
"note":"\u202ex"
"note":"\u200fy"
$ m365ctl history --json -c m365.conf | grep -o '"note":[^,]*'; m365ctl lookup --json --explain -t local.d/b.rules "$(printf '\302\233\342\200\256.example')" | head -c 60; echo
"note":"why?????"
"note":"why?????"}]}
{"query":"\u009b\u202e.example","host":null,"port":443,"sni"
