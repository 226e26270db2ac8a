using Semblance.Tensors;

namespace Semblance.Extensions.AI;

/// <summary>Provides the options of a model that is registered with dependency injection. They can be bound to configuration.</summary>
public class SemblanceModelOptions
{
    /// <summary>
    /// Gets or sets the model: a folder, the id of a model on the Hub, or <c>default</c>, the default, for the bundled model.
    /// </summary>
    public string Model { get; set; } = DefaultModel.Name;

    /// <summary>Gets or sets the branch, tag or commit of the Hub to download; <see langword="null"/> for the main branch.</summary>
    public string? Revision { get; set; }

    /// <summary>
    /// Gets or sets a value that indicates whether a model that is not in the cache is downloaded from the Hub; <see langword="false"/> by
    /// default, which never uses the network.
    /// </summary>
    public bool Download { get; set; }

    /// <summary>Gets or sets the number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</summary>
    public ComputeType ComputeType { get; set; } = ComputeType.Float32;

    /// <summary>Gets or sets the maximum number of threads of a request; <see langword="null"/> for one for each physical core.</summary>
    public int? MaxThreads { get; set; }

    /// <summary>Gets or sets the approximate number of tokens of a batch, which one thread computes; 512 by default.</summary>
    public int BatchTokens { get; set; } = 512;

    /// <summary>Gets or sets the treatment of texts that are too long; <see cref="Truncation.Cut"/> by default.</summary>
    public Truncation Truncation { get; set; }

    /// <summary>
    /// Gets or sets a value that indicates whether the model is loaded when the host starts, before it accepts requests;
    /// <see langword="true"/> by default. Otherwise the first request loads it.
    /// </summary>
    public bool WarmUp { get; set; } = true;
}
