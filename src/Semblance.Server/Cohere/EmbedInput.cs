namespace Semblance.Server.Cohere;

/// <summary>Represents an input of several parts.</summary>
internal sealed record EmbedInput
{
    /// <summary>Gets the parts.</summary>
    public required IReadOnlyList<Part> Content { get; init; }

    /// <summary>Returns the text of all parts.</summary>
    /// <exception cref="RequestException">A part is not a text.</exception>
    public string Text() => string.Join(' ', Content.Select(part => part is { Type: "text", Text: { } text }
        ? text
        : throw RequestException.Validation($"The type '{part?.Type}' of a part is not supported; send texts.", "inputs")));

    /// <summary>Represents a part.</summary>
    internal sealed record Part
    {
        /// <summary>Gets the type.</summary>
        public string? Type { get; init; }

        /// <summary>Gets the text.</summary>
        public string? Text { get; init; }
    }
}
