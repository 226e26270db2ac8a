using System.IO.Compression;
using System.Text;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Tests.Modules;

/// <summary>Models of words, computed by hand.</summary>
public class WordModuleTests
{
    private const string Vectors = "the 9 9 9\nman 1 2 3\nhorse 3 0 -1\nrides 0.5 0.25 1\n";

    [Fact]
    public async Task WordEmbeddings_average_the_words_that_they_know()
    {
        var model = await ModelAsync();
        var vectors = model.Encode(["The man rides, a HORSE!", "man", "nothing known", ""]);
        vectors[0].ToArray().ShouldBe([1.5f, 0.75f, 1]);
        vectors[1].ToArray().ShouldBe([1, 2, 3]);
        vectors[2].ToArray().ShouldBe([0, 0, 0]);
        vectors[3].ToArray().ShouldBe([0, 0, 0]);
        vectors.TokenCounts.ShouldBe([3, 1, 0, 0]);
        model.EncodeTokens(["horse man"])[0].Values.ToArray().ShouldBe([3, 0, -1, 1, 2, 3]);
        (model.Dimension, model.MaxSequenceLength).ShouldBe((3, int.MaxValue));
        Should.Throw<InvalidOperationException>(() => model.Tokenizer).Message.ShouldContain("words");
    }

    [Theory]
    [InlineData(".txt", "")]
    [InlineData(".txt", "4 3\n")]
    [InlineData(".gz", "")]
    public async Task Vectors_are_read_as_GloVe_and_word2vec_write_them(string ending, string head)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Of("vectors" + ending);
        using (Stream file = ending == ".gz" ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path))
        {
            file.Write(Encoding.UTF8.GetBytes(head + Vectors + "a b 1 2 3\n"));
        }

        var vectors = await WordVectors.ReadAsync(path);
        vectors.Words.ShouldBe(["PADDING_TOKEN", "the", "man", "horse", "rides"]);
        vectors.Table.Values.ToArray().ShouldBe([0, 0, 0, 9, 9, 9, 1, 2, 3, 3, 0, -1, 0.5f, 0.25f, 1]);
        vectors.SkippedLines.ShouldBe(1);
        (await WordVectors.ReadAsync(path, most: 2)).Words.ShouldBe(["PADDING_TOKEN", "the", "man"]);
    }

    [Theory]
    [InlineData("word 1 two 3\n", "two")]
    [InlineData("", "no line")]
    public async Task Vectors_that_are_none_are_named(string content, string named)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("vectors.txt", content);
        var fault = await Should.ThrowAsync<ModelFormatException>(() => WordVectors.ReadAsync(path));
        fault.Message.ShouldContain(path);
        fault.Message.ShouldContain(named);
    }

    [Fact]
    public void BoW_counts_words_and_weighs_them()
    {
        Dictionary<string, float> weights = new() { ["man"] = 2, ["horse"] = 0.5f };
        var texts = new[] { "man man, horse the", "unknown", "Horse" };
        var counted = new SentenceTransformer([new BoWModule(["man", "Horse", "the", "man"], weights, unknownWeight: 3)]);
        Rows(counted.Encode(texts)).ShouldBe([[4, 0, 3], [0, 0, 0], [0, 0.5f, 0]]);
        var once = new SentenceTransformer([new BoWModule(["man", "Horse", "the"], weights, cumulative: false)]);
        Rows(once.Encode(texts)).ShouldBe([[2, 0, 1], [0, 0, 0], [0, 0.5f, 0]]);
        Should.Throw<InvalidOperationException>(() => counted.EncodeTokens(["man"]));
    }

    [Fact]
    public async Task Models_of_words_load_again_with_the_same_bits_from_the_original_layout()
    {
        var embeddings = (WordEmbeddingsModule)(await ModelAsync()).Modules[0];
        Dictionary<string, float> weights = new() { ["man"] = 2, ["horse"] = 0.5f };
        SentenceTransformer[] models =
        [
            new([
                new WordEmbeddingsModule(new PhraseTokenizer(embeddings.Words.Vocabulary, ["of"], longest: 3), embeddings.Table, updates: true),
                new WordWeightsModule(embeddings.Words.Vocabulary, weights, 0.75f),
                LSTMModule.CreateRandom(3, 4, layerCount: 2),
                new CNNModule(new Linear(Noise(5, 8, 3), Noise(5)), new Linear(Noise(5, 8, 1), Noise(5))),
                new PoolingModule(10, [Pooling.Mean, Pooling.Max]),
                new DropoutModule(0.25f),
            ]),
            new([new BoWModule(["man", "horse"], weights), new DenseModule(new Linear(Noise(3, 2), Noise(3)), Activation.Tanh)]),
        ];
        foreach (var model in models)
        {
            using var folder = new TemporaryFolder();
            model.Save(folder.Path);
            var again = SentenceTransformer.LoadTrainable(folder.Path);
            again.ToString().ShouldBe(model.ToString());
            string[] texts = ["the man rides a horse", "man", ""];
            again.Encode(texts).Vectors.Values.SequenceEqual(model.Encode(texts).Vectors.Values).ShouldBeTrue();
            again.Parameters().Select(parameter => parameter.Name).ShouldBe(model.Parameters().Select(parameter => parameter.Name));
            File.ReadAllText(folder.Of("modules.json")).ShouldContain($"\"0_{model.Modules[0].Type.Split('.')[^1]}\"");
            Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).ShouldBe(["config_sentence_transformers.json", "modules.json"], ignoreOrder: true);
        }

        // Frozen vectors are no parameters, but are written all the same.
        embeddings.Parameters().ShouldBeEmpty();
    }

    [Fact]
    public async Task Gradients_of_a_model_of_words_equal_differences()
    {
        var embeddings = (WordEmbeddingsModule)(await ModelAsync()).Modules[0];
        var model = new SentenceTransformer([
            new WordEmbeddingsModule(embeddings.Words, embeddings.Table, updates: true),
            new WordWeightsModule(embeddings.Words.Vocabulary, new Dictionary<string, float> { ["man"] = 2 }, 0.5f),
            LSTMModule.CreateRandom(3, 4, layerCount: 2, bidirectional: true),
            new PoolingModule(8, [Pooling.Mean]),
        ]);
        string[] texts = ["man rides horse man", "horse", "", "the horse rides man"];
        var slopes = Noise(texts.Length, 8);
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.RequiresGradient = true;
        }

        using (var run = new Computation(recording: true))
        {
            run.Backward(model.Forward(run, texts), slopes);
        }

        double Loss()
        {
            using var run = new Computation();
            return model.Forward(run, texts).Values.ToArray().Zip(slopes.Values.ToArray(), (y, dy) => (double)y * dy).Sum();
        }

        foreach (var (name, parameter) in model.Parameters())
        {
            const float Step = 1e-2f;
            var gradient = parameter.Gradient.ShouldNotBeNull(name).Values.ToArray();
            var place = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            var before = parameter.Values[place];
            parameter.Writable[place] = before + Step;
            var above = Loss();
            parameter.Writable[place] = before - Step;
            var below = Loss();
            parameter.Writable[place] = before;
            ((above - below) / (2 * Step)).ShouldBe(gradient[place], 0.002 + (0.01 * Math.Abs(gradient[place])), name);
        }
    }

    [Fact]
    public void Dropout_leaves_out_elements_only_while_a_model_learns()
    {
        var x = Noise(4, 50);
        using var plain = new Computation();
        var features = new Features(PackedBatch.From([[1], [1], [1], [1]])) { SentenceEmbeddings = x };
        new DropoutModule(0.5f).Forward(plain, features);
        features.SentenceEmbeddings.ShouldBeSameAs(x);
        using var learning = new Computation(recording: true, dropoutSeed: 1);
        new DropoutModule(0.5f).Forward(learning, features);
        features.SentenceEmbeddings!.Values.ToArray().Count(value => value == 0).ShouldBeInRange(60, 140);
        Should.Throw<ArgumentOutOfRangeException>(() => new DropoutModule(1));
    }

    private static async Task<SentenceTransformer> ModelAsync()
    {
        using var folder = new TemporaryFolder();
        var vectors = await WordVectors.ReadAsync(folder.Write("vectors.txt", Vectors));
        return new SentenceTransformer([new WordEmbeddingsModule(new WhitespaceTokenizer(vectors.Words), vectors.Table), new PoolingModule(3, [Pooling.Mean])]);
    }

    private static float[][] Rows(Embeddings embeddings) => [.. Enumerable.Range(0, embeddings.Count).Select(i => embeddings[i].ToArray())];

    private static Tensor Noise(params int[] shape)
    {
        var random = new Random(shape.Length + shape[0]);
        var tensor = Tensor.Zeros(shape);
        foreach (ref var value in tensor.Writable)
        {
            value = random.NextSingle() - 0.5f;
        }

        return tensor;
    }
}
