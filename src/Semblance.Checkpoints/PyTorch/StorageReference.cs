namespace Semblance.Checkpoints;

/// <summary>Represents a storage that a pickle refers to; the container has the position of its bytes.</summary>
internal sealed record StorageReference(string Key, DType Type, long Count);
