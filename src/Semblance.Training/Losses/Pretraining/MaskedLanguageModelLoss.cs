using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance.Training;

/// <summary>Represents masked language modeling: the cross-entropy of masked tokens (Devlin et al. 2019, arXiv:1810.04805).</summary>
/// <remarks>
/// One text column, no labels. Pooling and the modules after it are not used. Only masked tokens go through the head.
/// <see cref="TrainingBatch.DropoutSeed"/> also selects the masked tokens; without it, every batch masks the same positions.
/// <see cref="Save"/> writes a folder of the original's class, such as <c>BertForMaskedLM</c>, from which the head can be loaded again.
/// </remarks>
public sealed class MaskedLanguageModelLoss : Objective
{
    private const string Devlin =
        """
        @inproceedings{devlin2019bert,
            title = "{BERT}: Pre-training of Deep Bidirectional Transformers for Language Understanding",
            author = "Devlin, Jacob and Chang, Ming-Wei and Lee, Kenton and Toutanova, Kristina",
            booktitle = "Proceedings of the 2019 Conference of the North American Chapter of the Association for Computational Linguistics: Human Language Technologies",
            year = "2019",
            pages = "4171--4186",
            url = "https://arxiv.org/abs/1810.04805",
        }
        """;

    private const ulong SeedWithoutDropout = 0;

    private readonly TaskModel _task;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MaskedLanguageModelLoss), ModelOutputKind.SentenceEmbeddings, ["rate", "whole-words", "longest-span"], (node, context) =>
        {
            var usual = new MaskingOptions();
            var options = usual with
            {
                Rate = node.Find("rate")?.Number(0.01, 0.99) ?? usual.Rate,
                WholeWords = node.Flag("whole-words", usual.WholeWords),
                LongestSpan = node.Find("longest-span")?.Number(1, 1000) ?? usual.LongestSpan,
            };
            return context.Folder is { } folder
                ? Load(folder, context.Model, options, context.Seed)
                : new MaskedLanguageModelLoss(context.Model, options, context.Seed);
        });

    /// <summary>Initializes a new instance of the <see cref="MaskedLanguageModelLoss"/> class with an existing head.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="task">The transformer of <paramref name="model"/> with its head.</param>
    /// <param name="options">The masking options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The tokenizer has no mask token, the head belongs to another transformer or is not a masked language model head, or an option is out
    /// of range.
    /// </exception>
    public MaskedLanguageModelLoss(ITrainableModel model, TaskModel task, MaskingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        if (!ReferenceEquals(task.Body, BodyOf(model)))
        {
            throw new ArgumentException("The head belongs to another transformer; create it for the model's own.", nameof(task));
        }

        _task = task;
        Head = task.Head as VocabularyHead
            ?? throw new ArgumentException($"'{task.Architecture}' has no masked language model head.", nameof(task));
        Masking = new TokenMasking(model.Tokenizer, options);
        foreach (var (_, parameter) in Parameters())
        {
            parameter.RequiresGradient = true;
        }
    }

    /// <summary>Initializes a new instance of the <see cref="MaskedLanguageModelLoss"/> class with a randomly initialized head.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">The masking options; <see langword="null"/> for the defaults.</param>
    /// <param name="seed">The random seed of the head.</param>
    /// <exception cref="ArgumentException">
    /// The transformer's architecture has no masked language model head, the tokenizer has no mask token, or an option is out of range.
    /// </exception>
    public MaskedLanguageModelLoss(ITrainableModel model, MaskingOptions? options = null, int seed = 0)
        : this(model, TaskModel.CreateMaskedLanguageModel(BodyOf(model), seed), options)
    {
    }

    /// <summary>Gets the head, which is trained with the model.</summary>
    public VocabularyHead Head { get; }

    /// <summary>Gets the masking of tokens.</summary>
    public TokenMasking Masking { get; }

    /// <summary>Creates the loss with the head in a folder, or with a randomly initialized head if the folder has none.</summary>
    /// <param name="folder">The folder that the model was loaded from.</param>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">The masking options; <see langword="null"/> for the defaults.</param>
    /// <param name="seed">The random seed of a new head.</param>
    /// <exception cref="ArgumentException">
    /// The transformer's architecture has no masked language model head, the tokenizer has no mask token, or an option is out of range.
    /// </exception>
    /// <exception cref="FormatException">The head is damaged or has other sizes than expected.</exception>
    public static MaskedLanguageModelLoss Load(string folder, ITrainableModel model, MaskingOptions? options = null, int seed = 0)
    {
        var body = BodyOf(model);
        return new(model, TaskModel.LoadMaskedLanguageModel(folder, body) ?? TaskModel.CreateMaskedLanguageModel(body, seed), options);
    }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Devlin];

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _task.HeadParameters;

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        RequireOutputs(batch);
        var tokens = Hide(batch.Model, batch.Input(0) with { Route = null }, batch.DropoutSeed ?? SeedWithoutDropout);
        using var run = batch.Start();
        return Backward(run, Forward(run, tokens), batch);
    }

    /// <summary>Computes the mean cross-entropy of the masked tokens.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="tokens">The batch, with at least one masked token.</param>
    /// <returns>The loss: <c>[1]</c>.</returns>
    public Tensor Forward(Computation run, MaskedTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(tokens);
        return run.Mean(run.CrossEntropy(Transformed(run, tokens), Head.Decoder, tokens.Targets));
    }

    /// <inheritdoc/>
    public override void Save(ITrainableModel model, string folder, DType weights = DType.F32) => _task.Save(folder, weights);

    /// <summary>Computes the logits of the vocabulary for each masked token: <c>[masked tokens × vocabulary]</c>.</summary>
    internal Tensor Scores(Computation run, MaskedTokens tokens) => run.Linear(Transformed(run, tokens), Head.Decoder);

    /// <summary>Tokenizes texts and masks some of their tokens.</summary>
    /// <exception cref="LossInputException">All tokens are special.</exception>
    internal MaskedTokens Hide(ITrainableModel model, ModelInput input, ulong seed)
    {
        if (!ReferenceEquals(model.Body, _task.Body))
        {
            throw new ArgumentException("The loss was created for another model, whose word embeddings its head shares.", nameof(model));
        }

        var tokens = Masking.Apply(model.Tokenize(input), seed);
        return tokens.Positions.Length > 0
            ? tokens
            : throw new LossInputException(
                $"MaskedLanguageModelLoss: none of the {input.Texts.Count} texts has a token that can be masked; leave empty texts out.");
    }

    private Tensor Transformed(Computation run, MaskedTokens tokens)
    {
        using var hidden = _task.Body.Forward(run, tokens.Batch); // [tokens × hidden]
        using var chosen = run.Rows(hidden, tokens.Positions);
        return Head.Transform(run, chosen);
    }

    private static Transformer BodyOf(ITrainableModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Body
            ?? throw new ArgumentException("Masked language modeling needs a model that begins with a transformer.", nameof(model));
    }
}
