using System.Text.Json.Serialization.Metadata;

namespace Semblance.Server;

/// <summary>Reads and writes JSON bodies.</summary>
internal static class JsonBody
{
    /// <summary>Reads the body of a request.</summary>
    /// <typeparam name="T">The type of the body.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="type">The contract of the type.</param>
    /// <exception cref="RequestException">The body is missing, malformed, or of another type; routing has checked the content type.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted).ConfigureAwait(false)
                ?? throw new RequestException(new ServerError(ErrorKind.WrongType, "The body is null; an object is expected."));
        }
        catch (JsonException e)
        {
            throw new RequestException(Describe(e, isParsed: false));
        }
    }

    /// <summary>Writes the body of an answer.</summary>
    /// <typeparam name="T">The type of the body.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="value">The body.</param>
    /// <param name="type">The contract of the type.</param>
    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }

    /// <summary>Describes why a body cannot be read.</summary>
    /// <param name="failure">The exception of the serializer, which wraps those of its reader, which are about the syntax.</param>
    /// <param name="isParsed"><see langword="true"/> if the syntax is known to be valid; otherwise, <see langword="false"/>.</param>
    public static ServerError Describe(JsonException failure, bool isParsed)
    {
        var isSyntax = !isParsed && (failure.InnerException is JsonException || (failure.InnerException is null && failure.Path is null));
        var place = failure.Path is { Length: > 1 } path && !isSyntax ? $"`{path[2..]}`: " : "";
        var message = isSyntax
            ? $"The body is not valid JSON (line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1})."
            : $"{place}{Sentence(failure)}";
        return new ServerError(isSyntax ? ErrorKind.Malformed : ErrorKind.WrongType, message)
        {
            Parameter = isSyntax ? null : failure.Path is { Length: > 2 } member ? member[2..] : null,
        };
    }

    // Own converters write sentences; those of the serializer name .NET types, which say nothing to a client.
    private static string Sentence(JsonException failure)
    {
        var message = failure.Message.Split(" Path: ")[0];
        return message.StartsWith("Found ", StringComparison.Ordinal) || message.StartsWith("A token id", StringComparison.Ordinal)
            ? message
            : failure.InnerException is InvalidOperationException { Message: var inner } && inner.Contains("UTF", StringComparison.Ordinal)
                ? "The text is not valid Unicode."
                : "The value has another type than expected, or a member is missing.";
    }
}
