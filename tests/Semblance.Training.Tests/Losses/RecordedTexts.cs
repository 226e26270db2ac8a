using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Bert;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training.Tests.Losses;

/// <summary>The texts and the models that losses were recorded with.</summary>
internal static class RecordedTexts
{
    private static readonly string[][] Columns =
    [
        ["A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby.", "A man is riding a horse.", "A woman is playing violin."],
        [
            "Two men pushed carts through the woods.", "A man is riding a white horse on an enclosed ground.", "A monkey is playing drums.",
            "Someone in a gorilla costume is playing a set of drums.", "How many people live in Berlin?",
        ],
        [
            "Berlin has a population of 3,520,031 registered inhabitants.", "New York City is famous for the museum of art!", "It's a dog-eat-dog world, isn't it?",
            "The quick brown fox jumps over the lazy dog.", "Hi",
        ],
    ];

    /// <summary>Five rows of up to three texts.</summary>
    public static Example[] Rows(int columns) => [.. Enumerable.Range(0, 5).Select(row => new Example([.. Columns.Take(columns).Select(column => column[row])]))];

    /// <summary>The model, ready to be trained.</summary>
    public static SentenceTransformer Model() => Trained(SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model")));

    /// <summary>A tiny model that has learned nothing, the same each time, ready to be trained.</summary>
    public static SentenceTransformer Random(int layers, float dropout = 0.1f)
    {
        var config = new BertConfig
        {
            VocabSize = 190,
            HiddenSize = 8,
            NumHiddenLayers = layers,
            NumAttentionHeads = 2,
            IntermediateSize = 16,
            MaxPositionEmbeddings = 64,
            HiddenDropoutProb = dropout,
            AttentionProbsDropoutProb = dropout,
        };
        var body = BertModel.CreateRandom(config, seed: 1);
        foreach (var weight in body.Parameters().Select(parameter => parameter.Value).Where(parameter => parameter.Shape.Length == 2))
        {
            TensorPrimitives.Multiply(weight.Values, 10, weight.Writable); // so that each layer changes something
        }

        var transformer = new TransformerModule(Tokenizer.Load(Fixtures.Own("losses/model")), body);
        return Trained(new SentenceTransformer([transformer, new PoolingModule(config.HiddenSize, [Pooling.Mean])]));
    }

    /// <summary>The guide model.</summary>
    public static SentenceTransformer Guide()
    {
        var transformer = new TransformerModule(Tokenizer.Load(Fixtures.Own("losses/model")), Transformer.Load(Fixtures.Own("losses/guide")));
        return new SentenceTransformer([transformer, new PoolingModule(transformer.Transformer.HiddenSize, [Pooling.Mean])]);
    }

    private static SentenceTransformer Trained(SentenceTransformer model)
    {
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.RequiresGradient = true;
        }

        return model;
    }
}
