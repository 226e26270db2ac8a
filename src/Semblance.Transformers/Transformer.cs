using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Adapters;
using Semblance.Transformers.Layers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Transformers;

/// <summary>
/// Represents the body of a transformer, which computes hidden states from token ids: embeddings, layers in a row and an optional last
/// step. Immutable and thread-safe. A derived class takes its layers from a <see cref="ModelParameters"/> and is registered by an
/// <see cref="Transformers.Architecture"/>.
/// </summary>
public abstract class Transformer
{
    /// <summary>
    /// Initializes a new instance of the <see cref="Transformer"/> class from its settings and the parameters that the derived class takes.
    /// </summary>
    /// <param name="configuration">The settings, as in <c>config.json</c>.</param>
    /// <param name="parameters">The builder that the layers are taken from.</param>
    protected Transformer(ConfigurationFile configuration, ModelParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(parameters);
        Configuration = configuration;
        Own = parameters;
        ModelType = configuration.Text("model_type") ?? "";
    }

    /// <summary>Gets the settings, as in <c>config.json</c>.</summary>
    public ConfigurationFile Configuration { get; }

    /// <summary>Gets the name of the architecture in <c>config.json</c>, such as <c>bert</c>.</summary>
    public string ModelType { get; }

    /// <summary>Gets the descriptor of the architecture.</summary>
    /// <exception cref="ModelFormatException">The architecture is not registered.</exception>
    public Architecture Architecture => Architectures.Of(Configuration);

    /// <summary>Gets one sentence for each setting of <c>config.json</c> that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings => Configuration.Warnings;

    /// <summary>Gets the width of a hidden state.</summary>
    public abstract int HiddenSize { get; }

    /// <summary>Gets the number of layers.</summary>
    public int LayerCount => Blocks.Count;

    /// <summary>Gets the vocabulary size: the number of token ids.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Gets the maximum sequence length in tokens, special tokens included.</summary>
    public abstract int MaxPositions { get; }

    /// <summary>Gets the number of parameters of the body.</summary>
    public long ParameterCount => Parameters().Sum(parameter => (long)parameter.Value.Length);

    /// <summary>Gets the number of multiplications per token in matrix products with weights.</summary>
    public long MultiplicationsPerToken => Own.Multiplications;

    /// <summary>
    /// Gets the linear layers, norms and embeddings by their names in the checkpoint, such as <c>encoder.layer.0.attention.self.query</c>.
    /// </summary>
    public IReadOnlyDictionary<string, Layer> Layers => Own.Layers;

    /// <summary>
    /// Gets the adapter that is attached to the model (<see cref="Adapters.Adapter.Attach"/>); <see langword="null"/> if there is none.
    /// </summary>
    public Adapter? Adapter { get; internal set; }

    /// <summary>Gets the table of word embeddings, <c>[vocabulary × width]</c>, which heads over the vocabulary may share.</summary>
    public abstract EmbeddingTable WordEmbeddings { get; }

    /// <summary>
    /// Gets a value that indicates whether a token attends only to itself and the tokens before it, so that the next token can be predicted
    /// with a cache.
    /// </summary>
    public virtual bool IsCausal => false;

    /// <summary>Gets a value that indicates whether prefix tuning is supported.</summary>
    internal virtual bool AcceptsPrefix => false;

    /// <summary>Gets the builder with the parameters that were taken.</summary>
    protected internal ModelParameters Own { get; }

    /// <summary>Gets the layers in order; a shared layer occurs as often as it is used.</summary>
    protected abstract IReadOnlyList<TransformerLayer> Blocks { get; }

    /// <summary>
    /// Gets a value that indicates whether the original's list of hidden states ends with the output of <see cref="Finish"/> instead of
    /// that of the last layer. <see langword="true"/> by default.
    /// </summary>
    protected virtual bool ListsFinish => true;

    /// <summary>Loads the body of the model in a folder; a task head in the file is ignored.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; <see langword="false"/>, the default, to map the
    /// file.
    /// </param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">The architecture is unknown, or configuration and weights do not match.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static Transformer Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.OfModel(folder);
        var architecture = Architectures.Of(config);
        return architecture.Load(config, new CheckpointWeights(Checkpoint.Open(folder), architecture.Prefix, trainable));
    }

    /// <summary>Creates a randomly initialized body, for training or for measuring speed.</summary>
    /// <param name="architecture">
    /// A <c>model_type</c>, such as <c>modernbert</c>; one of <see cref="NewConfiguration.Architectures"/>.
    /// </param>
    /// <param name="sizes">The sizes.</param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ArgumentException">The architecture is unknown, or the sizes are invalid for it.</exception>
    public static Transformer CreateRandom(string architecture, ModelSizes sizes, int seed)
    {
        var config = NewConfiguration.Create(architecture, sizes);
        try
        {
            var described = Architectures.Of(config);
            return described.Load(config, described.NewWeights(config, seed, described.HasPooler));
        }
        catch (ModelFormatException e)
        {
            throw new ArgumentException(e.Message, nameof(sizes), e);
        }
    }

    /// <summary>
    /// Creates a copy with more layers, to be trained further. Its new layers are copies of the layers before them whose blocks add 0 to
    /// their input at first, so that it computes nearly the same.
    /// </summary>
    /// <param name="layers">The number of layers of the copy, above <see cref="LayerCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="layers"/> is not above <see cref="LayerCount"/>.</exception>
    /// <exception cref="NotSupportedException">The layers do not have BERT's names, as those of RoBERTa and ELECTRA do.</exception>
    public Transformer Deepen(int layers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(layers, LayerCount);
        if (FindLayer("encoder.layer.0.output.dense") is null || FindLayer("encoder.layer.0.output.LayerNorm") is null)
        {
            throw new NotSupportedException(
                $"A model of the type '{ModelType}' cannot be made deeper; expected layers with BERT's names, as in BERT, RoBERTa and ELECTRA.");
        }

        var config = JsonObject.Create(Configuration.Root)!.With(("num_hidden_layers", layers));
        return Architecture.Load(
            ConfigurationFile.Of("the config.json of the deeper model", JsonElement.Parse(config.ToJsonString())),
            new DeeperWeights(Parameters(), LayerCount, layers));
    }

    /// <summary>
    /// Creates a copy with a larger vocabulary, to be trained further. The word embedding of a new token is the mean of those of other
    /// tokens.
    /// </summary>
    /// <param name="size">The number of token ids that the copy supports at least.</param>
    /// <param name="means">For each new token id, the ids of the tokens whose mean is its embedding; embeddings without an entry are 0.</param>
    /// <exception cref="ArgumentException">An id is not below <paramref name="size"/>, or a mean is of no or of unknown tokens.</exception>
    /// <exception cref="NotSupportedException">The settings of the architecture have no <c>vocab_size</c> of their own.</exception>
    public Transformer ExtendVocabulary(int size, IReadOnlyDictionary<int, IReadOnlyList<int>> means)
    {
        ArgumentNullException.ThrowIfNull(means);
        if (Configuration.Find("vocab_size") is null)
        {
            throw new NotSupportedException(
                $"The vocabulary of a model of the type '{ModelType}' cannot be extended; expected 'vocab_size' in its config.json.");
        }

        var words = Own.All.First(parameter => ReferenceEquals(parameter.Value, WordEmbeddings.Weight));
        var table = Tensor.Zeros(Math.Max(size, VocabularySize), WordEmbeddings.Columns);
        words.Value.Values.CopyTo(table.Writable);
        foreach (var (id, tokens) in means)
        {
            if (id < 0 || id >= table.Rows || tokens.Count == 0 || tokens.Any(token => token < 0 || token >= VocabularySize))
            {
                throw new ArgumentException(
                    $"The token {id} must be below {table.Rows}, and its embedding a mean of tokens below {VocabularySize}.", nameof(means));
            }

            var row = table.Writable.Slice(id * table.Columns, table.Columns);
            row.Clear();
            foreach (var token in tokens)
            {
                TensorPrimitives.Add(row, words.Value.Row(token), row);
            }

            TensorPrimitives.Divide(row, tokens.Count, row);
        }

        var config = JsonObject.Create(Configuration.Root)!.With(("vocab_size", table.Rows));
        return Architecture.Load(
            ConfigurationFile.Of("the config.json of the model with more words", JsonElement.Parse(config.ToJsonString())),
            new TensorWeights(
                Own.All.Select(parameter => parameter.Name == words.Name ? parameter with { Value = table } : parameter), shared: false));
    }

    /// <summary>Computes the last hidden states of a batch.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="batch">The tokens.</param>
    /// <param name="hiddenStates">Receives the output of the embeddings and of each layer, unless <see langword="null"/>.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">A token id, type or position is outside the model's tables.</exception>
    public Tensor Forward(Computation run, PackedBatch batch, IList<Tensor>? hiddenStates = null) =>
        Forward(run, batch, null, hiddenStates);

    /// <summary>
    /// Returns a batch with the virtual tokens that an adapter puts before each sequence, or with positions after those of prefix tuning;
    /// the batch itself without such an adapter.
    /// </summary>
    /// <param name="run">The computation, with its adapter.</param>
    /// <param name="batch">The tokens.</param>
    /// <exception cref="ArgumentException">A sequence with its virtual tokens is too long for the model.</exception>
    public PackedBatch WithVirtualTokens(Computation run, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (WordEmbeddings.WrapperIn(run) is not PromptEncoder tokens)
        {
            return batch;
        }

        var extended = tokens.Extend(batch);
        return extended.Reach <= MaxPositions ? extended : throw new ArgumentException(
            $"A sequence of {extended.Reach} tokens, with the adapter's virtual tokens, is too long for a model of "
            + $"{MaxPositions} positions; set a smaller maximum sequence length.", nameof(batch));
    }

    /// <summary>
    /// Computes the output of the architecture's pooler, <c>[sequences × hidden]</c>; <see langword="null"/> if it has none.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>, the last hidden states.</param>
    /// <param name="batch">The tokens.</param>
    public virtual Tensor? Pool(Computation run, Tensor hidden, PackedBatch batch) => null;

    /// <summary>Returns a linear layer, norm or embedding by its name in the checkpoint.</summary>
    /// <param name="name">The name, such as <c>encoder.layer.0.attention.self.query</c>.</param>
    /// <returns>The layer; <see langword="null"/> if there is none of this name.</returns>
    public Layer? FindLayer(string name) => Layers.GetValueOrDefault(name);

    /// <summary>Packs the weights of all linear layers; otherwise their first use does it.</summary>
    /// <param name="compute">
    /// The compute type of the computations to come, in which most layers are computed. <see cref="ComputeType.Float32"/> by default.
    /// </param>
    /// <exception cref="ModelFormatException">A weight is not finite, which int8 cannot represent.</exception>
    public void Prepare(ComputeType compute = ComputeType.Float32) => Own.Prepare(compute);

    /// <summary>Returns all parameters under the names of the original, for saving and training.</summary>
    public IEnumerable<Parameter> Parameters() => Own.All;

    /// <summary>
    /// Writes <c>model.safetensors</c>, and <c>config.json</c> as it was loaded except for the type of the weights and the class of a head.
    /// </summary>
    /// <param name="folder">
    /// The folder, which is created if necessary; both files are replaced in one step, and weights of other names are removed.
    /// </param>
    /// <param name="weights">
    /// The type of the written parameters: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="weights"/> is not a supported type.</exception>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) =>
        ModelFiles.Save(folder, Parameters(), Configuration, weights, withHead: false);

    /// <summary>Computes the first hidden states from token ids.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="batch">The tokens.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    protected abstract Tensor Embed(Computation run, PackedBatch batch);

    /// <summary>Creates the state that the layers share for a batch: by default, the attention mask.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="batch">The tokens.</param>
    protected virtual AttentionContext Share(Computation run, PackedBatch batch) => new(batch, IsCausal);

    /// <summary>Computes the last step after the layers; by default, returns the hidden states.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    protected virtual Tensor Finish(Computation run, Tensor hidden) => hidden;

    // The layers of a decoder also attend to the states of an encoder.
    internal Tensor Forward(Computation run, PackedBatch batch, EncodedSource? source, IList<Tensor>? hiddenStates)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(batch);
        var hidden = Embed(run, batch); // [tokens × hidden]
        hiddenStates?.Add(hidden);
        var context = Share(run, batch);
        if (source is not null)
        {
            var mask = new AttentionMask(batch.Caches is null ? batch : Joined(batch), source.Batch);
            context = context with { Source = source, SourceMask = mask };
        }

        var prefix = (WordEmbeddings.WrapperIn(run) as Prefix)?.Layers(run, batch);
        for (var i = 0; i < Blocks.Count; i++)
        {
            var (layer, own) = (Blocks[i], prefix is null ? context : context with { Prefix = prefix[i] });
            var next = run.Recompute(hidden, x => layer.Forward(run, x, own));
            hiddenStates?.Add(next);
            if (hiddenStates is null)
            {
                hidden.Dispose();
            }

            hidden = next;
        }

        var last = Finish(run, hidden);
        if (hiddenStates is null && last != hidden)
        {
            hidden.Dispose();
        }

        if (hiddenStates is not null && ListsFinish && LayerCount > 0)
        {
            hiddenStates[^1] = last;
        }

        return last;
    }

    // The sequences of a generation share one source, which sees their tokens as the queries of one sequence.
    private static PackedBatch Joined(PackedBatch batch) => new(batch.TokenIds.ToArray(), batch.TypeIds.ToArray(), [0, batch.TokenCount]);
}
