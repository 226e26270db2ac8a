namespace Semblance.Training;

/// <summary>Represents the position of training in its data.</summary>
/// <param name="Epoch">The index of the epoch, from 0.</param>
/// <param name="Batches">The number of its batches that have been used.</param>
public readonly record struct SamplerPosition(long Epoch, long Batches);
