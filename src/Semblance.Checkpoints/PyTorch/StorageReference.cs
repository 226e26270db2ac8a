namespace Semblance.Checkpoints;

/// <summary>A run of elements that a pickle refers to; the container says where its bytes are.</summary>
internal sealed record StorageReference(string Key, DType Type, long Count);
