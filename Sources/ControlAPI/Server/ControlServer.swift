import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOHTTP1
package import NodeControl
