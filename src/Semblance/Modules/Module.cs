using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Represents one step of an encoder. A module is immutable and thread-safe. A program can derive modules of its own and register them with
/// <see cref="ModuleRegistry.Register"/>; their files are <c>config.json</c> and <c>model.safetensors</c> in the module's folder.
/// </summary>
public abstract class Module
{
    /// <summary>Gets the module's type in <c>modules.json</c>.</summary>
    public abstract string Type { get; }

    /// <summary>
    /// States the requirements of the module and the dimensions of its results. By default a module has no requirements and keeps the
    /// dimensions.
    /// </summary>
    /// <param name="shape">The shape of the input, which the method changes to that of the output.</param>
    public virtual void InferShape(FeatureShape shape)
    {
    }

    /// <summary>Gets a value that indicates whether there is a vector for each text after the module has run.</summary>
    public virtual bool MakesSentenceEmbeddings => false;

    /// <summary>
    /// Gets a value that indicates whether the module needs the output of every layer of the transformer,
    /// <see cref="Features.HiddenStates"/>.
    /// </summary>
    public virtual bool NeedsHiddenStates => false;

    /// <summary>Gets a warning, one sentence, for each setting in the module's files that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Runs the module on a batch.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="features">The batch; the result of the module replaces its input.</param>
    public abstract void Forward(Computation run, Features features);

    /// <summary>Returns the trainable parameters of the module, under the names in its file; none for most modules.</summary>
    public virtual IEnumerable<Parameter> Parameters() => [];

    /// <summary>Writes the module's files.</summary>
    /// <param name="folder">The module's own folder, which exists.</param>
    /// <param name="weights">
    /// The data type of the written parameters: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </param>
    public abstract void Save(string folder, DType weights = DType.F32);

    /// <summary>Packs the weights of the module's transformer, if it has one; otherwise their first use does it.</summary>
    internal virtual void Prepare(ComputeType compute)
    {
    }

    /// <summary>Reads a parameter, which has memory of its own if it can be trained.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="name">The parameter's name in the file.</param>
    /// <param name="trainable"><see langword="true"/> to read a parameter that can be trained; otherwise, <see langword="false"/>.</param>
    /// <returns>The parameter.</returns>
    /// <exception cref="ModelFormatException">
    /// The parameter has a value that is not finite. Larger parameters, of more than a million values, are not checked here; their results
    /// are.
    /// </exception>
    protected static Tensor ReadParameter(Checkpoint checkpoint, string name, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var tensor = checkpoint.Read(name);
        if (!CheckpointWeights.IsFinite(tensor))
        {
            throw new ModelFormatException(checkpoint.Path,
                $"'{name}' has a value that is not finite; the file is damaged, or its training failed.");
        }

        return trainable ? Tensor.From(tensor) : tensor;
    }

    /// <summary>Writes parameters to <c>model.safetensors</c>.</summary>
    /// <param name="parameters">The parameters, under their names in the file.</param>
    /// <param name="folder">The module's folder.</param>
    /// <param name="weights">The data type of the written parameters.</param>
    protected static void SaveParameters(IEnumerable<Parameter> parameters, string folder, DType weights)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in parameters)
        {
            writer.Add(name, tensor, weights);
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
    }

    /// <summary>Returns the token vectors of a batch, which an earlier module computes.</summary>
    /// <param name="features">The batch.</param>
    /// <returns>The vectors, <c>[tokens × hidden size]</c>.</returns>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    protected Tensor TokenEmbeddings(Features features) => features.TokenEmbeddings
        ?? throw new InvalidOperationException($"{Type} works on token vectors, but no earlier module computes them.");

    /// <summary>Returns the vectors of the texts of a batch, which an earlier module computes.</summary>
    /// <param name="features">The batch.</param>
    /// <returns>The vectors, <c>[texts × dimension]</c>.</returns>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    protected Tensor SentenceEmbeddings(Features features) => features.SentenceEmbeddings
        ?? throw new InvalidOperationException($"{Type} works on sentence vectors, but there is no pooling before it.");
}
