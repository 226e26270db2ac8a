namespace Semblance.Server.Inference;

/// <summary>Represents one text of a request: a string, or the token ids of one.</summary>
/// <param name="Text">The string; <see langword="null"/> for ids.</param>
/// <param name="Ids">The token ids of the model's tokenizer; <see langword="null"/> for a string.</param>
internal readonly record struct InputText(string? Text, int[]? Ids = null)
{
    /// <summary>Gets a value that indicates whether there is nothing to encode.</summary>
    public bool IsEmpty => Text is { Length: 0 } || Ids is { Length: 0 };

    /// <summary>Gets the number of characters, or of ids.</summary>
    public int Length => Text?.Length ?? Ids!.Length;

    /// <summary>Converts a string to a text of a request.</summary>
    public static implicit operator InputText(string text) => new(text);
}
