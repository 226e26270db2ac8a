using Semblance.Transformers.Adapters;

namespace Semblance;

/// <summary>Represents what the files of an adapter tell without its model.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Config">The settings.</param>
/// <param name="ParameterCount">The number of parameters.</param>
/// <param name="TensorCount">The number of tensors.</param>
/// <param name="Bytes">The number of bytes of the file of the parameters.</param>
public sealed record AdapterSummary(string Folder, AdapterConfig Config, long ParameterCount, int TensorCount, long Bytes);
