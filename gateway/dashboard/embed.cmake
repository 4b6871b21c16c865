# cmake -DFROM=FOLDER -DTO=FILE.c -P embed.cmake
#
# Puts page.css and page.js into page.html, where it says @STYLE@ and @SCRIPT@, and writes the page
# as a C array. What a policy needs are the SHA-256 of both as base64 (W3C Content Security Policy 3,
# 6.7.2.5); CMake has hashes as hexadecimal digits only, so the last step is done here.

set(digits ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)

# 32 bytes are ten times three and two more.
function(hash_of file result)
  file(SHA256 ${file} hex)
  set(text "")
  foreach(at RANGE 0 60 6)
    string(SUBSTRING "${hex}0000" ${at} 6 part)
    math(EXPR number "0x${part}")
    foreach(shift 18 12 6 0)
      math(EXPR digit "(${number} >> ${shift}) & 63")
      string(SUBSTRING ${digits} ${digit} 1 letter)
      string(APPEND text ${letter})
    endforeach()
  endforeach()
  string(SUBSTRING ${text} 0 43 text)
  set(${result} "'sha256-${text}='" PARENT_SCOPE)
endfunction()

hash_of(${FROM}/page.css style)
hash_of(${FROM}/page.js script)

file(READ ${FROM}/page.html page HEX)
foreach(part "405354594c4540:page.css" "4053435249505440:page.js") # @STYLE@, @SCRIPT@
  string(REPLACE ":" ";" part ${part})
  list(GET part 0 mark)
  list(GET part 1 name)
  file(READ ${FROM}/${name} bytes HEX)
  string(REPLACE ${mark} ${bytes} page ${page})
endforeach()
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," page ${page})
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n"
  page "${page}")

file(WRITE ${TO} "#include \"gateway/dashboard/page.h\"

/* Bytes, since a text of this length is more than C11 promises. */
const unsigned char dashboard_page[] = {
${page}};

const size_t dashboard_page_length = sizeof dashboard_page;

const char dashboard_policy[] = \"default-src 'none'; style-src ${style}; script-src ${script}; \"
                                \"connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \"
                                \"frame-ancestors 'none'\";
")
