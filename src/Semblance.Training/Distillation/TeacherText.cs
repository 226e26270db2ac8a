namespace Semblance.Training;

/// <summary>Represents a text whose vector teachers compute.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsQuery">
/// <see langword="true"/> to encode the text as a query, as search models do with a prompt; otherwise, as any other text.
/// </param>
public readonly record struct TeacherText(string Text, bool IsQuery = false);
