# SPDX-License-Identifier: Apache-2.0
# core/base/err.def as a file of texts: what an error is (error.CODE) and what to do next (next.CODE), in the first language.
/^ERR\(/ {
	split($0, part, "\"")
	if (part[2] == "OK")
		next
	print "error." tolower(part[2]) " = " part[6]
	print "next." tolower(part[2]) " = " part[8]
}
