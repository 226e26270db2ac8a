namespace Semblance.Checkpoints;

/// <summary>A tensor as a pickle describes it: a strided view of a storage, nothing of it checked yet.</summary>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Size, long[] Stride);
