using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;
using Semblance.Transformers.Tasks;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Provides the common base of the models with a head for a task: <see cref="TextClassifier"/>, <see cref="TokenClassifier"/>,
/// <see cref="QuestionAnswerer"/> and <see cref="SequenceToSequenceModel"/>. Their files are those of transformers:
/// <c>config.json</c>, the weights and the tokenizer.
/// </summary>
/// <typeparam name="TSelf">The type of the model.</typeparam>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public abstract class TaskEncoder<TSelf> : Encoder<TSelf>
    where TSelf : TaskEncoder<TSelf>, ILoadable<TSelf>
{
    private protected TaskEncoder(TransformerModule input, TaskModel model) => (Input, Model) = (input, model);

    /// <inheritdoc/>
    public override TaskConfig Config { get; } = new();

    /// <inheritdoc/>
    public sealed override int MaxSequenceLength => Input.MaxSequenceLength;

    /// <inheritdoc/>
    public sealed override Tokenizer Tokenizer => Input.Tokenizer;

    /// <inheritdoc/>
    public sealed override Transformer? Body => Model.Body;

    private protected TransformerModule Input { get; }

    private protected TaskModel Model { get; }

    private protected sealed override IReadOnlyList<string> NewModules => Model.NewModules;

    private protected override IEnumerable<string> FileWarnings => Model.Warnings.Concat(Input.Warnings);

    /// <inheritdoc/>
    public sealed override IEnumerable<Parameter> Parameters() => Model.Parameters();

    private protected static T LoadFolder<T>(string folder, bool trainable)
        where T : ILoadable<T> => T.LoadFolder(folder, trainable);

    private protected static (TransformerModule Input, TaskModel Model) LoadTask(
        string folder, bool trainable, ModelKind kind, TaskKind task, string head)
    {
        ModelKinds.Require(folder, kind);
        var (input, model) = TransformerModule.LoadTask(folder, trainable);
        return model.Task == task ? (input, model) : throw model.Config.Fault(
            "architectures", $"names '{model.Architecture}', which has no {head}; expected a class whose name ends with For{task}");
    }

    private protected sealed override AdaptableModel Adaptable => AdaptableModel.Of(Model);

    private protected sealed override void Prepare() => Model.Prepare(Compute);

    private protected sealed override void Write(string folder, DType weights)
    {
        TransformerModule.SaveWeights(Model.Body, folder, weights, Model.Save);
        if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            JsonFile.Write(Path.Combine(folder, "config.json"), Model.Config.Root.WriteTo); // the labels of an adapter's head
        }

        Tokenizer.Save(folder);
        Input.SaveSettings(folder);
    }

    /// <summary>Encodes a text, or a pair of texts, into windows of at most the maximum sequence length.</summary>
    private protected IReadOnlyList<Encoding> Windows(string text, string? pair, TokenizerOptions options)
    {
        var encoding = Tokenizer.Encode(Input.LowerCase ? text.ToLowerInvariant() : text,
            Input.LowerCase ? pair?.ToLowerInvariant() : pair, options);
        return [encoding, .. encoding.Overflowing];
    }

    /// <summary>Packs windows into one batch, in their order.</summary>
    private protected static PackedBatch Pack(IReadOnlyList<Encoding> windows) => TokenizedTexts.From(
        windows.Count, i => TokenizedText.Of(windows[i]), int.MaxValue, PredictOptions.Default, CancellationToken.None).Pack();

    /// <summary>Divides texts into windows and computes the numbers of their tokens.</summary>
    private protected List<(Encoding Tokens, float[] Scores)>[] Score(
        int count, Func<int, IReadOnlyList<Encoding>> windowsOf, TextOptions options, int limit, TokenScoring.RowAction finish,
        IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var divided = TokenScoring.Divide(count, windowsOf, options, limit, cancellationToken);
        Encoding[] windows = [.. divided.SelectMany(parts => parts)];
        var counted = options with { Counter = null };
        var scores = TokenScoring.Run(
            TokenizedTexts.From(windows.Length, i => TokenizedText.Of(windows[i]), limit, counted, cancellationToken), counted, Compute,
            Logits, finish, progress, cancellationToken);
        var next = 0;
        return Array.ConvertAll(divided, parts => parts.Select(part => (part, scores[next++])).ToList());
    }

    /// <summary>Computes the numbers of the tokens of windows that the caller has tokenized.</summary>
    private protected IReadOnlyList<float[]> Score(
        IReadOnlyList<TokenizedText> windows, TextOptions options, TokenScoring.RowAction finish, CancellationToken cancellationToken) =>
        TokenScoring.Run(TokenizedTexts.Of(windows, Input, options), options, Compute, Logits, finish, null, cancellationToken);

    /// <summary>Computes the probabilities of logits; large logits do not overflow.</summary>
    private protected static void Softmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), probabilities);
        TensorPrimitives.SoftMax(probabilities, probabilities);
    }

    /// <summary>Computes the logits of a batch.</summary>
    private protected Tensor Logits(Computation run, PackedBatch batch)
    {
        var hidden = Model.Body.Forward(run, batch); // [tokens × hidden]
        return Model.Head!.Forward(run, hidden, batch);
    }
}
