using System.Diagnostics;
using Semblance.Server.Observability;

namespace Semblance.Server;

/// <summary>Gives each request an id and a line in the log, and measures it.</summary>
internal sealed partial class RequestMiddleware(
    RequestDelegate next, ServerMetrics metrics, Draining draining, TimeProvider time, ILogger<RequestMiddleware> log)
{
    private const string IdHeader = "x-request-id";

    /// <summary>Runs the rest of the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var id = context.Request.Headers[IdHeader] is [{ Length: > 0 and <= 128 } given]
            && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? given
            : Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("N");
        context.TraceIdentifier = id;
        context.Response.Headers[IdHeader] = id;
        draining.Enter();
        try
        {
            context.Response.OnStarting(CloseIfDraining, (draining, context.Response));
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            draining.Leave();
        }

        var elapsed = time.GetElapsedTime(started);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        metrics.AddDuration(route, context.Response.StatusCode, elapsed);
        LogRequest(context.Request.Method, context.Request.Path, context.Response.StatusCode, elapsed.TotalMilliseconds, id);
    }

    private static Task CloseIfDraining(object state)
    {
        var (draining, response) = ((Draining, HttpResponse))state;
        if (draining.HasBegun && HttpProtocol.IsHttp11(response.HttpContext.Request.Protocol))
        {
            response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Debug, "{Method} {Path} {Status} in {Milliseconds:F1} ms, {Id}")]
    private partial void LogRequest(string method, PathString path, int status, double milliseconds, string id);
}
