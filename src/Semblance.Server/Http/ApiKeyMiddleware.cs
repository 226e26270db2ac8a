namespace Semblance.Server;

/// <summary>Refuses requests without an API key, except to routes that are marked as open.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeys keys)
{
    /// <summary>Runs the rest of the request, if it has a key.</summary>
    public Task InvokeAsync(HttpContext context) =>
        !keys.AreRequired || context.GetEndpoint()?.Metadata.GetMetadata<OpenRoute>() is not null
            || keys.Accept(context.Request.Headers.Authorization)
            ? next(context)
            : throw new RequestException(new ServerError(
                ErrorKind.Unauthorized, "The API key is missing or wrong; send it as the header Authorization: Bearer KEY."));
}
