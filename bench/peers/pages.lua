-- The pages as a careful team writes them in nginx: in parallel, null and a header for a part that
-- failed, 502 when none came.
local cjson = require "cjson.safe"
local capture, capture_multi = ngx.location.capture, ngx.location.capture_multi
local concat = table.concat

local products = "/products?ids=200,201,202,203,204,205,206,207,208,209&page="
-- Of each part what stands before the id of the page.
local pages = {
  w1 = { { "user", "/-/users/" }, { "order", "/-/orders/" }, { "products", "/-" .. products } },
  w4 = {
    { "user", "/-/slow/users/" }, { "order", "/-/slow/orders/" }, { "products", "/-/slow" .. products },
  },
  w6 = { { "user", "/-/users/" }, { "order", "/-/orders/" }, { "products", "/-/catalogue/" } },
  w7 = {},
}
for part = 0, 9 do
  pages.w7[part + 1] = { "s" .. part, "/-/parts/" .. part .. "/" }
end

local names, targets = {}, {}
for page, parts in pairs(pages) do
  names[page], targets[page] = {}, {}
  for at, part in ipairs(parts) do
    names[page][at], targets[page][at] = part[1], part[2]
  end
end

local function page_id()
  return ngx.var.uri:match("[^/]*$")
end

-- The answers of all parts of a page, asked for at once.
local function answers_of(page)
  local id, requests = page_id(), {}
  for at, target in ipairs(targets[page]) do
    requests[at] = { target .. id }
  end
  return { capture_multi(requests) }
end

-- The body of an answer that is whole and good, otherwise nil.
local function body_of(answer)
  return answer.status == 200 and not answer.truncated and answer.body or nil
end

local function send(text, lost, parts)
  if lost > 0 then ngx.header["X-Lost"] = lost end
  if lost == parts then ngx.status = 502 end
  ngx.header["Content-Length"] = #text
  ngx.print(text)
end

local M = {}

function M.concat(page)
  local answers = answers_of(page)
  local keys, out, lost = names[page], {}, 0
  for at = 1, #keys do
    local body = body_of(answers[at])
    if not body then
      body, lost = "null", lost + 1
    end
    out[2 * at - 1] = (at == 1 and '{"' or ',"') .. keys[at] .. '":'
    out[2 * at] = body
  end
  out[#out + 1] = "}"
  send(concat(out), lost, #keys)
end

function M.cjson(page)
  local answers = answers_of(page)
  local keys, out, lost = names[page], {}, 0
  for at = 1, #keys do
    local body = body_of(answers[at])
    local value = body and cjson.decode(body)
    if value == nil then
      value, lost = cjson.null, lost + 1
    end
    out[keys[at]] = value
  end
  send(cjson.encode(out), lost, #keys)
end

-- The order, then its customer and its products at once, then each product in its line.
function M.join()
  local id = page_id()
  local order_body = body_of(capture("/-/orders/" .. id))
  local order = order_body and cjson.decode(order_body)
  if not order then
    ngx.exit(502)
  end
  local ids = {}
  for at, item in ipairs(order.items) do
    ids[at] = item.product_id
  end
  local user_answer, products_answer = capture_multi {
    { "/-/users/" .. order.user_id .. "?page=" .. id },
    { "/-/products?ids=" .. concat(ids, ",") .. "&page=" .. id },
  }
  local user_body, products_body = body_of(user_answer), body_of(products_answer)
  local user = user_body and cjson.decode(user_body)
  local list = products_body and cjson.decode(products_body)
  local lost = (user and 0 or 1) + (list and 0 or 1)
  local by_id = {}
  for _, product in ipairs(list or {}) do
    by_id[product.id] = product
  end
  order.customer = user and { name = user.name, email = user.email } or cjson.null
  for _, item in ipairs(order.items) do
    item.product = by_id[item.product_id] or cjson.null
  end
  send(cjson.encode(order), lost, 3)
end

return M
