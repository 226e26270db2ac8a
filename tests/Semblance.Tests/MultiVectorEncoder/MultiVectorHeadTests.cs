using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests;

/// <summary>A folder with two heads on one transformer: a vector of a text, and one of each token.</summary>
public class MultiVectorHeadTests
{
    private static readonly string[] Texts = ["A man, a horse.", "The girl is carrying a baby.", "", "A man is eating."];

    [Fact]
    public void Both_heads_have_the_bits_of_encoders_in_folders_of_their_own()
    {
        using var both = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        using var alone = new TemporaryFolder();
        var model = Model(both.Path);
        model.SaveHead(both.Path);
        model.Save(alone.Path);

        ModelKinds.Of(both.Path).ShouldBe(ModelKind.SentenceTransformer);
        ModelKinds.AllOf(both.Path).ShouldBe([ModelKind.SentenceTransformer, ModelKind.MultiVectorEncoder]);
        ModelKinds.AllOf(alone.Path).ShouldBe([ModelKind.MultiVectorEncoder]);
        var (head, separate) = (MultiVectorEncoder.Load(both.Path), MultiVectorEncoder.Load(alone.Path));
        head.Warnings.ShouldBeEmpty();
        head.ToString().ShouldBe(separate.ToString());
        head.Config.ShouldBe(separate.Config with { Prompts = head.Config.Prompts, Warnings = head.Config.Warnings });
        head.Config.Prompts.ShouldBe(separate.Config.Prompts);
        foreach (var encode in (Func<MultiVectorEncoder, MultiVectorEmbeddings>[])[m => m.EncodeQuery(Texts), m => m.EncodeDocument(Texts)])
        {
            encode(head).TokenCounts.ShouldBe(encode(separate).TokenCounts);
            encode(head).Vectors.SelectMany(vectors => vectors.Values.ToArray()).ShouldBe(encode(separate).Vectors.SelectMany(vectors => vectors.Values.ToArray()));
        }

        var dense = SentenceTransformer.Load(both.Path);
        dense.Warnings.ShouldBeEmpty();
        dense.Encode(Texts).Vectors.Values.ToArray().ShouldBe(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Encode(Texts).Vectors.Values.ToArray());
        Reranker.Load(both.Path).Rank("a man", Texts).ShouldBe(separate.Rank("a man", Texts));
    }

    [Fact]
    public void The_head_adds_its_own_files_and_replaces_those_of_an_earlier_one()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        folder.Write("1_Pooling/notes.txt", "mine");
        var before = Contents(folder);
        Model(folder.Path).SaveHead(folder.Path, DType.F16);
        string[] added = ["multi_vector_config.json", "multi_vector_modules.json", "multivector_1_Dense/config.json", "multivector_1_Dense/model.safetensors",
            "multivector_2_MultiVectorMask/config.json", "multivector_3_Normalize/config.json"];
        Contents(folder).Keys.Except(before.Keys).ShouldBe(added, ignoreOrder: true);
        MultiVectorEncoder.Of(SentenceTransformer.Load(folder.Path)).SaveHead(folder.Path);
        var after = Contents(folder);
        after.Keys.Except(before.Keys).ShouldBe(["multi_vector_config.json", "multi_vector_modules.json", "multivector_1_MultiVectorMask/config.json", "multivector_2_Normalize/config.json"], ignoreOrder: true);
        before.ShouldAllBe(file => after[file.Key] == file.Value);

        SentenceTransformer.Load(folder.Path).Save(folder.Path); // another model takes the folder
        Contents(folder).Keys.ShouldNotContain(file => file.Contains("multi", StringComparison.Ordinal));
        ModelKinds.AllOf(folder.Path).ShouldBe([ModelKind.SentenceTransformer]);
        File.Exists(folder.Of("1_Pooling/notes.txt")).ShouldBeTrue();
    }

    [Fact]
    public void A_head_may_be_shorter_or_longer_than_the_dense_model_and_have_a_place_of_its_transformer()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Fixtures.Own("st/mean-normalize"), "0_Transformer");
        Directory.Delete(folder.Of("0_Transformer/1_Pooling"), recursive: true);
        folder.Copy(Path.Combine(Fixtures.Own("st/mean-normalize"), "1_Pooling"), "1_Pooling");
        File.Move(folder.Of("0_Transformer/modules.json"), folder.Of("modules.json"));
        folder.Edit("modules.json", "\"path\": \"\"", "\"path\": \"0_Transformer\"");
        var transformer = TransformerModule.Load(folder.Of("0_Transformer"));
        foreach (var length in (int[])[5, transformer.MaxSequenceLength + 2])
        {
            var input = new TransformerModule(transformer.Tokenizer, transformer.Transformer, length, transformer.LowerCase);
            var model = new MultiVectorEncoder([input, new MultiVectorMaskModule([]), new NormalizeModule(onTokens: true)]);
            model.SaveHead(folder.Path);
            MultiVectorEncoder.Load(folder.Path).MaxSequenceLength.ShouldBe(model.MaxSequenceLength);
            MultiVectorEncoder.LoadTrainable(folder.Path).EncodeDocument(Texts)[1].Values.ToArray().ShouldBe(model.EncodeDocument(Texts)[1].Values.ToArray());
        }

        File.ReadAllText(folder.Of("multi_vector_modules.json")).ShouldContain("\"0_Transformer\"");
    }

    [Fact]
    public void A_head_of_another_transformer_is_refused_and_the_folder_unchanged()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var model = MultiVectorEncoder.Of(SentenceTransformer.LoadTrainable(folder.Path));
        model.Parameters().First(parameter => parameter.Name.EndsWith("output.dense.weight", StringComparison.Ordinal)).Value.Writable[3] += 1e-3f;
        var before = Contents(folder);
        Should.Throw<ArgumentException>(() => model.SaveHead(folder.Path)).Message.ShouldSatisfyAllConditions(
            message => message.ShouldStartWith(folder.Path), message => message.ShouldContain("output.dense.weight' differs"), message => message.ShouldContain("or the whole model with Save"));
        Contents(folder).ShouldBe(before);
        using var other = new TemporaryFolder().With(Fixtures.Own("st/cross-encoder"));
        Should.Throw<ArgumentException>(() => model.SaveHead(other.Path)).Message.ShouldContain("of the kind CrossEncoder");
    }

    [Fact]
    public void What_is_wrong_with_a_head_is_named_with_the_file()
    {
        Should.Throw<ModelFormatException>(() => MultiVectorHead.Require(Fixtures.Own("st/mean-normalize"))).Message.ShouldContain("has no late-interaction head (multi_vector_modules.json); name a cross-encoder");
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        Model(folder.Path).SaveHead(folder.Path);
        folder.Edit("multi_vector_config.json", "\"white\"", "\"[nothing]\"");
        Should.Throw<ModelFormatException>(() => MultiVectorEncoder.Load(folder.Path)).Message.ShouldContain("[nothing]");
        folder.Edit("multi_vector_config.json", "\"[nothing]\"", "\"white\"").Edit("multi_vector_modules.json", "multivector_1_Dense", "../x");
        Should.Throw<ModelFormatException>(() => MultiVectorEncoder.Load(folder.Path)).Message.ShouldContain("multi_vector_modules.json");
        SentenceTransformer.Load(folder.Path).Encode(Texts).Vectors.Rows.ShouldBe(Texts.Length);
    }

    // A projection to 8 dimensions with the prefixes and the expansion of ColBERT.
    private static MultiVectorEncoder Model(string folder)
    {
        var transformer = TransformerModule.Load(folder);
        var random = new Random(7);
        var projection = Tensor.From([.. Enumerable.Range(0, 8 * 32).Select(_ => random.NextSingle() - 0.5f)], 8, 32);
        return new MultiVectorEncoder(
            [
                new TransformerModule(transformer.Tokenizer, transformer.Transformer, 16, transformer.LowerCase), new DenseModule(new Linear(projection, null), Activation.Identity, onTokens: true),
                new MultiVectorMaskModule([".", ","]), new NormalizeModule(onTokens: true),
            ],
            new MultiVectorConfig
            {
                Prompts = new Dictionary<string, string> { ["query"] = "the " },
                QueryPrefix = "white",
                DocumentPrefix = "violin",
                QueryLength = 14,
                DocumentLength = 12,
                QueryExpansion = new QueryExpansion(10, IsFixed: false),
            });
    }

    private static Dictionary<string, string> Contents(TemporaryFolder folder) => Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder.Path, file).Replace('\\', '/'), file => Convert.ToHexString(File.ReadAllBytes(file)));
}
