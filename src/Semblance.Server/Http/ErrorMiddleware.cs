using System.Globalization;
using Semblance.Postgres;
using Semblance.Server.Batching;
using Semblance.Server.Models;
using Semblance.Server.Ollama;
using Semblance.Server.OpenAI;

namespace Semblance.Server;

/// <summary>
/// Gives each request a deadline, and answers every failure in the shape of the dialect, without details of the inside. Unexpected ones are
/// written to the log.
/// </summary>
internal sealed partial class ErrorMiddleware(
    RequestDelegate next, ServerOptions options, TimeProvider time, ILogger<ErrorMiddleware> log)
{
    private const int ClientClosedRequest = 499;

    /// <summary>Runs the rest of the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var client = context.RequestAborted;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(client);
        using var timer = time.CreateTimer(_ => deadline.Cancel(), null, options.Deadline, Timeout.InfiniteTimeSpan);
        context.RequestAborted = deadline.Token;
        try
        {
            CheckLength(context.Request.Headers);
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, ContentLength: null, ContentType: null }
                && Missing(context.Response.StatusCode, context) is { } missing)
            {
                await WriteAsync(context, missing).ConfigureAwait(false);
            }
        }
        catch (Exception) when (client.IsCancellationRequested)
        {
            context.Response.StatusCode = context.Response.HasStarted ? context.Response.StatusCode : ClientClosedRequest;
        }
#pragma warning disable CA1031 // The last resort: every exception becomes an answer.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            var error = Describe(e);
            if (error.Kind == ErrorKind.Internal || e is PostgresIndexException)
            {
                LogFailure(e, context.Request.Method, context.Request.Path);
            }

            context.RequestAborted = client;
            await WriteAsync(context, error).ConfigureAwait(false);
        }
    }

    /// <summary>Writes an error in the shape of the dialect.</summary>
    public static Task WriteAsync(HttpContext context, ServerError error)
    {
        var dialect = context.Features.Get<Dialect>() ?? context.GetEndpoint()?.Metadata.GetMetadata<Dialect>()
            ?? DialectOf(context);
        var status = dialect.StatusOf(error);
        context.Response.StatusCode = status;
        if (error.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return dialect.WriteAsync(context, error, status);
    }

    // Kestrel reads a request with both headers by the second one and renames the first; a proxy before it may have read it by the first.
    private static void CheckLength(IHeaderDictionary headers)
    {
        if (headers.ContainsKey("Transfer-Encoding") && (headers.ContainsKey("Content-Length") || headers.ContainsKey("X-Content-Length")))
        {
            throw new RequestException(new ServerError(
                ErrorKind.Malformed, "The request has both Content-Length and Transfer-Encoding; send one of them."));
        }
    }

    // Routing leaves no route for a wrong method or content type, so the path decides.
    private static Dialect DialectOf(HttpContext context)
    {
        var path = context.Request.Path;
        return context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .FirstOrDefault(route => route.RoutePattern.RawText == path.Value)?.Metadata.GetMetadata<Dialect>()
            ?? (path.StartsWithSegments("/api", StringComparison.Ordinal) ? OllamaDialect.Instance : OpenAIDialect.Instance);
    }

    private static ServerError? Missing(int status, HttpContext context) => status switch
    {
        StatusCodes.Status404NotFound => new ServerError(ErrorKind.NotFound, $"There is no route {context.Request.Path}."),
        StatusCodes.Status405MethodNotAllowed => new ServerError(
            ErrorKind.MethodNotAllowed,
            $"{context.Request.Path} does not take {context.Request.Method}; use {context.Response.Headers.Allow}."),
        StatusCodes.Status415UnsupportedMediaType => new ServerError(
            ErrorKind.MediaType, $"The content type is '{context.Request.ContentType}'; application/json is expected."),
        _ => null,
    };

    /// <summary>Returns the error of an exception.</summary>
    public static ServerError Describe(Exception failure) => failure switch
    {
        RequestException e => e.Error,
        ModelNotFoundException e => new ServerError(ErrorKind.ModelNotFound, e.Message) { Parameter = "model" },
        QueueFullException e => new ServerError(ErrorKind.Overloaded, e.Message) { RetryAfter = e.RetryAfter },
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new ServerError(
            ErrorKind.BodyTooLarge, "The body is larger than the server accepts; send fewer texts at a time."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new ServerError(
            ErrorKind.BodyTooSlow, "The body arrived too slowly."),
        BadHttpRequestException e => new ServerError(ErrorKind.Malformed, e.Message),
        OperationCanceledException => new ServerError(
            ErrorKind.Deadline, "The request took longer than the server allows; send fewer texts at a time.")
        { RetryAfter = TimeSpan.FromSeconds(1) },
        PostgresIndexException => new ServerError(
            ErrorKind.Unavailable, "The database of the collections does not answer as expected; the log has the reason.")
        { RetryAfter = TimeSpan.FromSeconds(1) },
        ObjectDisposedException => new ServerError(ErrorKind.Unavailable, "The server is stopping.") { RetryAfter = TimeSpan.FromSeconds(1) },
        _ => new ServerError(ErrorKind.Internal, "The server failed to answer; its log has the reason."),
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailure(Exception exception, string method, PathString path);
}
