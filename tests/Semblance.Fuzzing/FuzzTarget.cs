namespace Semblance.Fuzzing;

/// <summary>A reader of a stranger's files that is tried with mutated ones.</summary>
/// <param name="Name">Its name, which is part of the random seed.</param>
/// <param name="Seeds">Valid inputs, from which mutated ones are made; the action must succeed for each.</param>
/// <param name="Action">Reads an input and uses what it read. Throws what is not documented if the result is wrong.</param>
/// <param name="Allowed">The documented exceptions.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<FuzzInput> Seeds, Action<FuzzInput> Action, params Type[] Allowed)
{
    /// <summary>The bytes that the action may allocate whatever the size of the input; 64 MiB by default.</summary>
    public long Bytes { get; init; } = 64 << 20;

    /// <summary>The bytes that the action may allocate beyond that for each byte of input; 4096 by default.</summary>
    public long BytesPerByte { get; init; } = 4096;

    /// <summary>The fraction of the number of inputs that this target gets, for slow ones; 1 by default.</summary>
    public double Share { get; init; } = 1;
}
