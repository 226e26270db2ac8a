namespace Semblance.Checkpoints;

/// <summary>Represents a tensor as a pickle describes it: a strided view of a storage, not checked yet.</summary>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Size, long[] Stride);
