using System.Diagnostics.CodeAnalysis;
using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;

namespace Semblance;

/// <summary>
/// Provides the common base of the four kinds of encoders: <see cref="SentenceTransformer"/>, <see cref="CrossEncoder"/>,
/// <see cref="SparseEncoder"/> and <see cref="MultiVectorEncoder"/>.
/// </summary>
/// <typeparam name="TSelf">The type of the encoder.</typeparam>
/// <remarks>
/// An encoder is immutable and thread-safe unless it is trained. The results of a text have the same bits alone, in any batch, in any order
/// and with any number of threads.
/// </remarks>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types",
    Justification = "They are called by the name of the encoder: SentenceTransformer.Load.")]
public abstract class Encoder<TSelf> : ITrainableModel
    where TSelf : Encoder<TSelf>, ILoadable<TSelf>
{
    private protected Encoder()
    {
    }

    /// <summary>Gets the prompts and the other settings of <c>config_sentence_transformers.json</c>.</summary>
    public abstract EncoderConfig Config { get; }

    /// <summary>
    /// Gets a warning, one sentence, for each setting in the model's files that is unknown or not applied, and
    /// <see cref="InstructionSets.Warning"/>.
    /// </summary>
    public IReadOnlyList<string> Warnings =>
        [.. FileWarnings.Concat(Config.Warnings).Concat(InstructionSets.Warning is { } slow ? [slow] : []).Distinct()];

    /// <summary>
    /// Gets the maximum sequence length in tokens, special tokens included; <see cref="int.MaxValue"/> for no limit. Longer texts are
    /// truncated.
    /// </summary>
    public abstract int MaxSequenceLength { get; }

    /// <summary>Gets the tokenizer.</summary>
    /// <exception cref="InvalidOperationException">The model divides texts into words and has no subword tokenizer.</exception>
    public abstract Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public abstract ModelOutputKind OutputKind { get; }

    /// <inheritdoc/>
    public abstract int OutputDimension { get; }

    /// <inheritdoc/>
    public abstract Transformer? Body { get; }

    /// <summary>
    /// Gets the number format of the products with weights, as chosen by <see cref="Load"/>. A model that is created or trained computes in
    /// float32.
    /// </summary>
    public ComputeType Compute { get; private protected set; }

    /// <summary>Gets the warnings about files other than the settings.</summary>
    private protected abstract IEnumerable<string> FileWarnings { get; }

    // Modules that were initialized randomly, which an adapter has to save.
    private protected virtual IReadOnlyList<string> NewModules => [];

    /// <summary>Loads a model from a folder, or from the cache by its Hub id. The network is never used.</summary>
    /// <param name="model">
    /// A folder, the id of a model that was downloaded before, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>, or <c>default</c>
    /// for the bundled model.
    /// </param>
    /// <param name="compute">
    /// The number format of the products with weights, whatever the model's files contain; <see cref="ComputeType.Float32"/> by default.
    /// </param>
    /// <returns>The model.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, and the cache has no such model.</exception>
    /// <exception cref="FormatException">
    /// A file of the model is damaged, belongs to another kind of model, or has a setting that is not supported.
    /// </exception>
    /// <exception cref="IOException">A file of the model cannot be read.</exception>
    public static TSelf Load(string model, ComputeType compute = ComputeType.Float32) =>
        Prepare(LoadWithAdapter(ModelFolder.Find(model, TSelf.Kind), trainable: false), compute);

    /// <summary>
    /// Loads a model from a folder, or by its Hub id. A model that the cache does not have is downloaded; a folder never uses the network.
    /// </summary>
    /// <param name="model">
    /// A folder, an id such as <c>sentence-transformers/all-MiniLM-L6-v2</c>, or <c>default</c> for the bundled model.
    /// </param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main branch.</param>
    /// <param name="progress">Receives the progress of a download.</param>
    /// <param name="compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
    /// <param name="cancellationToken">The token that cancels the operation. A later download continues from what has arrived.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FormatException">
    /// A file of the model is damaged, belongs to another kind of model, or has a setting that is not supported.
    /// </exception>
    /// <exception cref="IOException">The model cannot be read or downloaded.</exception>
    public static async Task<TSelf> LoadAsync(
        string model, string? revision = null, IProgress<DownloadProgress>? progress = null,
        ComputeType compute = ComputeType.Float32, CancellationToken cancellationToken = default)
    {
        var folder = await ModelFolder.FindAsync(model, TSelf.Kind, revision, progress, cancellationToken).ConfigureAwait(false);
        await AdapterBase.DownloadAsync(folder, progress, cancellationToken).ConfigureAwait(false);
        return Prepare(LoadWithAdapter(folder, trainable: false), compute);
    }

    /// <summary>Loads a model with trainable parameters from a folder.</summary>
    /// <param name="folder">The folder, or <c>default</c> for that of the bundled model.</param>
    /// <returns>The model. Only its caller may use it while it is trained.</returns>
    /// <exception cref="FormatException">
    /// A file of the model is damaged, belongs to another kind of model, or has a setting that is not supported.
    /// </exception>
    /// <exception cref="IOException">A file of the model cannot be read.</exception>
    public static TSelf LoadTrainable(string folder) =>
        LoadWithAdapter(ModelFolder.Whole(DefaultModel.Resolve(folder)), trainable: true);

    /// <inheritdoc/>
    /// <remarks>A new head, and the pooler that it brought, are trained in full and saved with the adapter.</remarks>
    public Adapter AddAdapter(AdapterConfig config, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        config = config with { ModulesToSave = [.. config.ModulesToSave.Union(NewModules)] };
        var adapter = Adapter.Create(Adaptable, config, seed);
        adapter.Attach();
        return adapter;
    }

    /// <summary>
    /// Loads an adapter of the model from a folder of PEFT. It is used by calls whose options choose it (<see
    /// cref="TextOptions.Adapter"/>),
    /// and by all calls once it is attached (<see cref="Adapter.Attach"/>) or merged (<see cref="Adapter.Merge"/>).
    /// </summary>
    /// <param name="folder">A folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="ModelFormatException">The adapter belongs to another model, or is not supported.</exception>
    /// <exception cref="NotSupportedException">The model has no transformer whose layers an adapter could change.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public Adapter LoadAdapter(string folder) => Adapter.Load(folder, Adaptable);

    /// <inheritdoc/>
    public abstract IEnumerable<Parameter> Parameters();

    /// <inheritdoc/>
    public abstract PackedBatch Tokenize(ModelInput input);

    /// <inheritdoc/>
    public abstract ModelOutput Forward(Computation run, ModelInput input);

    /// <inheritdoc/>
    public virtual LayerOutputs ForwardLayers(Computation run, ModelInput input) =>
        throw new NotSupportedException($"A {typeof(TSelf).Name} does not provide outputs of earlier layers.");

    /// <summary>Writes the model in the layout of sentence-transformers.</summary>
    /// <param name="folder">
    /// The folder, which is created if it does not exist. A model in it, even the one that this was loaded from, is replaced in one step;
    /// files that do not belong to a model (<see cref="ModelFiles"/>) stay.
    /// </param>
    /// <param name="weights">
    /// The data type of the written parameters: <see cref="DType.F32"/>, or <see cref="DType.F16"/> or <see cref="DType.BF16"/> for half
    /// the
    /// size and rounded results. <see cref="ModelQuantizer"/> writes int8.
    /// </param>
    /// <exception cref="ArgumentException">Parameters cannot be written in that data type.</exception>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) => ModelFiles.Save(folder, written =>
    {
        Write(written, weights);
        Config.Save(written, TSelf.Kind);
    });

    /// <summary>Gets the layers that an adapter can change.</summary>
    /// <exception cref="NotSupportedException">The model has no transformer.</exception>
    private protected abstract AdaptableModel Adaptable { get; }

    /// <summary>Packs the weights for the compute type.</summary>
    private protected abstract void Prepare();

    // A folder with only an adapter is its base model with the adapter; one with modules too has its own.
    private static TSelf LoadWithAdapter(string folder, bool trainable)
    {
        if (ModuleList.Exists(folder) || AdapterBase.Find(folder) is not { } found)
        {
            return TSelf.LoadFolder(folder, trainable);
        }

        var model = TSelf.LoadBase(folder, found, trainable);
        model.LoadAdapter(folder).Attach();
        return model;
    }

    private static TSelf Prepare(TSelf model, ComputeType compute)
    {
        if (!Enum.IsDefined(compute))
        {
            throw new ArgumentOutOfRangeException(nameof(compute), compute, "The compute type is not defined.");
        }

        model.Compute = compute;
        model.Prepare();
        return model;
    }

    /// <summary>Writes everything except the settings into an empty folder.</summary>
    private protected abstract void Write(string folder, DType weights);
}
