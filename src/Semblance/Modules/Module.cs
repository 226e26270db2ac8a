using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// One step of a <see cref="SentenceTransformer"/>. Immutable, and safe for all threads. A program can derive its own, and register it with
/// <see cref="ModuleRegistry.Register"/>; its files are <c>config.json</c> and <c>model.safetensors</c> in its folder.
/// </summary>
public abstract class Module
{
    /// <summary>The module's type in <c>modules.json</c>.</summary>
    public abstract string Type { get; }

    /// <summary>States what the module requires of the modules before it, and the widths of what it makes. By default it takes anything and keeps the widths.</summary>
    /// <param name="shape">The shape of what comes in, which becomes that of what goes out.</param>
    public virtual void InferShape(FeatureShape shape)
    {
    }

    /// <summary>Whether there is a vector for each text once the module has run.</summary>
    public virtual bool MakesSentenceEmbeddings => false;

    /// <summary>Whether the module works on the output of every layer of the transformer before it, <see cref="Features.HiddenStates"/>.</summary>
    public virtual bool NeedsHiddenStates => false;

    /// <summary>Gets what the module's files say that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Takes a batch one step further.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="features">The batch; the module's result replaces what it was made of.</param>
    public abstract void Forward(Computation run, Features features);

    /// <summary>What the module has to train, under the names in its file; nothing for most.</summary>
    public virtual IEnumerable<Parameter> Parameters() => [];

    /// <summary>Writes the module's files.</summary>
    /// <param name="folder">An existing folder of its own.</param>
    /// <param name="weights">The type that parameters are written in, <see cref="DType.F32"/> or <see cref="DType.F16"/>.</param>
    public abstract void Save(string folder, DType weights = DType.F32);

    /// <summary>Reads a parameter, which has memory of its own if it can be trained.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="name">The parameter's name in the file.</param>
    /// <param name="trainable">Whether it can be trained.</param>
    /// <returns>The parameter.</returns>
    /// <exception cref="ModelFormatException">It has a value that is not finite; tables of more than a million values are checked by the results.</exception>
    protected static Tensor ReadParameter(Checkpoint checkpoint, string name, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var tensor = checkpoint.Read(name);
        if (!CheckpointWeights.IsFinite(tensor))
        {
            throw new ModelFormatException(checkpoint.Path, $"'{name}' has a value that is not finite; the file is damaged, or its training failed.");
        }

        return trainable ? Tensor.From(tensor.Values, tensor.Shape) : tensor;
    }

    /// <summary>Writes parameters to <c>model.safetensors</c>.</summary>
    /// <param name="parameters">The parameters, under their names in the file.</param>
    /// <param name="folder">The module's folder.</param>
    /// <param name="weights">The type of the written parameters.</param>
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

    /// <summary>Returns the token vectors of a batch, which an earlier module must have made.</summary>
    /// <param name="features">The batch.</param>
    /// <returns>The vectors, <c>[tokens × hidden]</c>.</returns>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    protected Tensor TokenEmbeddings(Features features) => features.TokenEmbeddings
        ?? throw new InvalidOperationException($"{Type} works on token vectors, but no module that makes them stands before it.");

    /// <summary>Returns the vectors of the texts of a batch, which an earlier module must have made.</summary>
    /// <param name="features">The batch.</param>
    /// <returns>The vectors, <c>[texts × dimension]</c>.</returns>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    protected Tensor SentenceEmbeddings(Features features) => features.SentenceEmbeddings
        ?? throw new InvalidOperationException($"{Type} works on sentence vectors, but no pooling stands before it.");
}
