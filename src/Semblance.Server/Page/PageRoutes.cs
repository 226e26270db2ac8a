using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Extensions.Primitives;

namespace Semblance.Server.Page;

/// <summary>Represents the routes of the page and of its files, which need no API key and no other host.</summary>
internal static class PageRoutes
{
    private const string Prefix = "page/";
    private const string Index = "index.html";

    // Everything that the page loads comes from this server.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, byte[]> Files = Load();

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
    }.ToFrozenDictionary();

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var dialect = TextEmbeddingsInference.TeiDialect.Instance;
        routes.GetOpen(dialect, "/", "Returns the page to browsers, and to other clients that the server runs", HomeAsync);
        routes.GetOpen(dialect, "/page/{file}", "Returns a file of the page", context =>
            context.Request.RouteValues["file"] is string file && file != Index && Files.ContainsKey(file)
                ? WriteAsync(context, file)
                : throw new RequestException(new ServerError(ErrorKind.NotFound, "There is no such file.")));
    }

    // The sentence is what clients of Ollama look for; those of text-embeddings-inference look at the status alone.
    private static Task HomeAsync(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept";
        return AcceptsPage(context.Request.Headers.Accept) ? WriteAsync(context, Index) : context.Response.WriteAsync("Ollama is running");
    }

    // What browsers send, and others do not: clients that accept anything get the sentence.
    private static bool AcceptsPage(StringValues accept) =>
        accept.Any(value => value?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    private static async Task WriteAsync(HttpContext context, string file)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-cache";
        context.Response.ContentType = ContentTypes[Path.GetExtension(file)];
        context.Response.ContentLength = Files[file].Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(Files[file], context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static FrozenDictionary<string, byte[]> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Prefix.Length..],
            name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return bytes;
            });
    }
}
