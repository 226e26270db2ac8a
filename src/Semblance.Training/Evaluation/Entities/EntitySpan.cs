namespace Semblance.Training;

/// <summary>Represents an entity among the words of a sentence.</summary>
/// <param name="Type">The type, such as <c>PER</c>; <c>_</c> if its tags have none.</param>
/// <param name="Start">The index of the first word.</param>
/// <param name="End">The index of the last word.</param>
public readonly record struct EntitySpan(string Type, int Start, int End);
