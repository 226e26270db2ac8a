namespace Semblance.Server.Page;

/// <summary>Represents the body of a request for a map.</summary>
internal sealed record MapBody
{
    /// <summary>Gets the texts.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Gets the name of the model; <see langword="null"/> for the first one that computes dense vectors.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the number of groups; 12 by default.</summary>
    public int? Groups { get; init; }
}
