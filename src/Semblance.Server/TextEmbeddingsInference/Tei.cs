using System.Text.Json.Serialization.Metadata;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Reads bodies and writes answers of the routes.</summary>
internal static class Tei
{
    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">Computes the answer to a body.</param>
    public static async Task AnswerAsync(HttpContext context, Func<HttpContext, JsonElement, Task<TeiAnswer>> answer)
    {
        var body = await BodyAsync(context).ConfigureAwait(false);
        await WriteAsync(context, await answer(context, body).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Reads the body of a request, of which the members decide the route.</summary>
    public static async Task<JsonElement> BodyAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, TeiJson.Default.JsonDocument).ConfigureAwait(false);
        context.Response.RegisterForDispose(body);
        return body.RootElement.ValueKind == JsonValueKind.Object
            ? body.RootElement
            : throw new RequestException(new ServerError(ErrorKind.WrongType, "The body is not an object."));
    }

    /// <summary>Writes an answer with the headers of its cost.</summary>
    public static async Task WriteAsync(HttpContext context, TeiAnswer answer)
    {
        if (answer.Usage is { } usage)
        {
            UsageHeaders.Write(context, usage);
        }

        context.Response.ContentType = "application/json";
        var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        await using (writer.ConfigureAwait(false))
        {
            answer.Write(writer);
        }
    }

    /// <summary>Returns a body as a type.</summary>
    /// <exception cref="RequestException">The body is of another type.</exception>
    public static T Parse<T>(JsonElement body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return body.Deserialize(type)!;
        }
        catch (JsonException e)
        {
            throw new RequestException(JsonBody.Describe(e, isParsed: true));
        }
    }
}
