namespace Semblance.Training;

/// <summary>Where training is in its data.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Batches">How many of its batches have been used.</param>
public readonly record struct SamplerPosition(long Epoch, long Batches);
