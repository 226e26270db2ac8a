using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Training;

/// <summary>Represents TSDAE: unsupervised training with a denoising auto-encoder (Wang et al. 2021, arXiv:2104.06979).</summary>
/// <remarks>
/// A text with deleted words is encoded into a sentence embedding, and a decoder that sees only that embedding reconstructs the original
/// text; the loss is the cross-entropy over the tokens of all texts. One text column, to which new noise is added each time; or two
/// columns, damaged and original, as in sentence-transformers. The decoder is needed for training only. The paper uses
/// <see cref="Pooling.Cls"/>, a constant learning rate of 3e-5 and a batch size of 8.
/// </remarks>
public sealed class DenoisingAutoEncoderLoss : Objective
{
    private const string Wang =
        """
        @inproceedings{wang-2021-TSDAE,
            title = "{TSDAE}: Using Transformer-based Sequential Denoising Auto-Encoder for Unsupervised Sentence Embedding Learning",
            author = "Wang, Kexin and Reimers, Nils and Gurevych, Iryna",
            booktitle = "Findings of the Association for Computational Linguistics: EMNLP 2021",
            year = "2021",
            pages = "671--688",
            url = "https://arxiv.org/abs/2104.06979",
        }
        """;

    private readonly HashSet<Tensor> _shared;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(DenoisingAutoEncoderLoss), ModelOutputKind.SentenceEmbeddings, ["deletion"],
        (node, context) => new DenoisingAutoEncoderLoss(context.Model, seed: context.Seed)
        {
            Noise = node.Find("deletion") is { } ratio ? new WordDeletion(ratio.Number(0.0, 0.99)) : new WordDeletion(),
        });

    /// <summary>Initializes a new instance of the <see cref="DenoisingAutoEncoderLoss"/> class.</summary>
    /// <param name="model">
    /// The model to train, with one of <see cref="Decoder.EncoderArchitectures"/> unless <paramref name="decoder"/> is given.
    /// </param>
    /// <param name="decoder">The decoder; <see langword="null"/>, the default, for one that shares the model's parameters.</param>
    /// <param name="seed">The random seed of the new parameters of such a decoder.</param>
    /// <exception cref="ArgumentException">The model's architecture has no decoder, or the decoder does not fit the model.</exception>
    public DenoisingAutoEncoderLoss(ITrainableModel model, Decoder? decoder = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        Decoder = decoder ?? Decoder.FromEncoder(EncoderOf(model), seed: seed);
        if (Decoder.Body.HiddenSize != model.OutputDimension)
        {
            throw new ArgumentException(
                $"The decoder takes embeddings of dimension {Decoder.Body.HiddenSize}, but the model's have {model.OutputDimension}; leave "
                + "out modules that change the dimension.",
                nameof(model));
        }

        if (Decoder.Body.VocabularySize < model.Tokenizer.VocabularySize)
        {
            throw new ArgumentException(
                $"The decoder has a vocabulary of {Decoder.Body.VocabularySize} tokens, but the model's tokenizer has "
                + $"{model.Tokenizer.VocabularySize}; use a decoder with the same vocabulary.",
                nameof(decoder));
        }

        _shared = [.. model.Parameters().Select(parameter => parameter.Value)];
        foreach (var (_, parameter) in Parameters())
        {
            parameter.RequiresGradient = true;
        }
    }

    /// <summary>Gets the decoder.</summary>
    public Decoder Decoder { get; }

    /// <summary>Gets the noise that is added to original texts.</summary>
    public WordDeletion Noise { get; init; } = new();

    /// <summary>
    /// Returns the parameters of the decoder that it does not share with the model, under the names that sentence-transformers uses.
    /// </summary>
    public override IEnumerable<Parameter> Parameters() => Decoder.Parameters()
        .Where(parameter => !_shared.Contains(parameter.Value))
        .Select(parameter => new Parameter("decoder." + parameter.Name, parameter.Value));

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Wang];

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        RequireOutputs(batch);
        if (batch.Columns is not (1 or 2))
        {
            throw new LossInputException($"{Name} takes one text column, or two (damaged, whole), not {batch.Columns}.");
        }

        using var run = batch.Start();
        // [rows × dimension]
        var vectors = (batch.Columns == 2
            ? batch.Forward(run, batch.Input(0))
            : batch.Model.Forward(run, batch.Input(0) with { Texts = Damaged(batch) })).Value;
        var whole = batch.Input(batch.Columns - 1) with { Prompt = batch.Columns == 2 ? batch.Prompt(1) : "", Route = null };
        var (inputs, next) = Shifted(batch.Model.Tokenize(whole));
        return Backward(run, run.CrossEntropy(Decoder.Logits(run, Decoder.Forward(run, inputs, vectors)), next), batch);
    }

    private static Transformer EncoderOf(ITrainableModel model) =>
        model.Body
            ?? throw new ArgumentException("The denoising auto-encoder needs a model that begins with a transformer.", nameof(model));

    // One generator for the batch: the same seed gives the same noise.
    private string[] Damaged(TrainingBatch batch)
    {
        var random = new Random((int)(((batch.DropoutSeed ?? 0) * 0x9E3779B97F4A7C15) >> 33));
        return Array.ConvertAll(batch.Texts(0), text => Noise.Apply(text, random));
    }

    // Teacher forcing: the input is all tokens of a text but the last, the target all but the first.
    private (PackedBatch Inputs, int[] Next) Shifted(PackedBatch whole)
    {
        var (inputs, next) = (new int[whole.Count][], new List<int>());
        for (var i = 0; i < whole.Count; i++)
        {
            var ids = whole.TokenIds[whole.Offsets[i]..whole.Offsets[i + 1]];
            if (ids.Length < 2)
            {
                throw new LossInputException($"{Name} cannot predict the text of row {i}: it has only one token.");
            }

            inputs[i] = ids[..^1].ToArray();
            next.AddRange(ids[1..]);
        }

        return (PackedBatch.From(inputs), [.. next]);
    }
}
