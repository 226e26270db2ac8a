using System.Runtime.InteropServices;
using Semblance.Checkpoints;
using Semblance.Conversion;
using Semblance.Transformers;

namespace Semblance.Tests.Conversion;

public sealed class GgufConversionTests
{
    // Short, because the fixture cuts texts at 16 tokens and the file allows 64.
    private static readonly string[] Texts = ["A man.", "Two dogs", "the sun"];

    private static readonly (string From, string To)[] Names =
    [
        ("embeddings.word_embeddings", "token_embd"), ("embeddings.position_embeddings", "position_embd"),
        ("embeddings.token_type_embeddings", "token_types"), ("embeddings.LayerNorm", "token_embd_norm"), ("encoder.layer.", "blk."),
        (".attention.self.query", ".attn_q"), (".attention.self.key", ".attn_k"), (".attention.self.value", ".attn_v"),
        (".attention.output.dense", ".attn_output"), (".attention.output.LayerNorm", ".attn_output_norm"),
        (".intermediate.dense", ".ffn_up"), (".output.dense", ".ffn_down"), (".output.LayerNorm", ".layer_output_norm"),
    ];

    [Fact]
    public void A_file_of_a_bert_encoder_gives_its_vectors()
    {
        var source = Fixtures.Own("st/mean-normalize");
        var model = SentenceTransformer.Load(source);
        using var folder = new TemporaryFolder();
        var (path, output) = (folder.Of("model.gguf"), folder.Of("model"));
        File.WriteAllBytes(path, Written(model, source).Build());

        GgufConversion.Convert(path, output, new ConversionOptions { Normalize = true });

        var converted = SentenceTransformer.Load(output);
        model.Encode(Texts).Vectors.Values.SequenceEqual(converted.Encode(Texts).Vectors.Values).ShouldBeTrue();
        converted.Modules[1].ToString().ShouldBe("Pooling(mean)");
    }

    [Theory]
    [InlineData("GGML", 3, "does not begin")]
    [InlineData("GGUF", 1, "version")]
    public void A_file_of_another_kind_is_an_error_that_says_so(string magic, int version, string expected)
    {
        var bytes = new GgufBuilder().Add("general.architecture", "bert").Build(version);
        System.Text.Encoding.ASCII.GetBytes(magic, bytes);

        Fault(bytes).ShouldContain(expected);
    }

    [Theory]
    [InlineData(8)] // tensors
    [InlineData(16)] // entries of metadata
    [InlineData(24)] // the length of the first key
    public void A_length_beyond_the_file_is_an_error_and_costs_no_memory(int position)
    {
        var bytes = new GgufBuilder().Add("general.architecture", "bert").Build();
        BitConverter.TryWriteBytes(bytes.AsSpan(position), 1UL << 60);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Fault(bytes);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void A_tensor_beyond_the_file_is_an_error_that_names_it()
    {
        var bytes = new GgufBuilder().Add("token_embd.weight", [4, 32], 0, new byte[512]).Build();

        Fault(bytes[..^1]).ShouldContain("token_embd.weight");
    }

    [Fact]
    public void Another_architecture_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Of("model.gguf"), new GgufBuilder().Add("general.architecture", "llama").Build());

        var error = Should.Throw<ModelFormatException>(() => GgufConversion.Convert(folder.Of("model.gguf"), folder.Of("model")));

        error.Message.ShouldContain("'llama'");
    }

    private static string Fault(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Of("model.gguf"), bytes);
        return Should.Throw<CheckpointFormatException>(() => GgufFile.Open(folder.Of("model.gguf"))).Message;
    }

    private static GgufBuilder Written(SentenceTransformer model, string folder)
    {
        string[] words = File.ReadAllLines(Path.Combine(folder, "vocab.txt"));
        var file = new GgufBuilder().Add("general.architecture", "bert").Add("bert.embedding_length", 32).Add("bert.block_count", 2)
            .Add("bert.attention.head_count", 4).Add("bert.feed_forward_length", 64).Add("bert.attention.layer_norm_epsilon", 1e-12f)
            .Add("bert.pooling_type", 1).Add("tokenizer.ggml.model", "bert")
            .Add("tokenizer.ggml.tokens", words.Select(Phantom).ToArray())
            .Add("tokenizer.ggml.token_type", words.Select(word => word.StartsWith('[') ? 3 : 1).ToArray());
        foreach (var parameter in ((Semblance.Modules.TransformerModule)model.Modules[0]).Transformer.Parameters())
        {
            var name = Names.Aggregate(parameter.Name, (name, pair) => name.Replace(pair.From, pair.To, StringComparison.Ordinal));
            if (!name.StartsWith("pooler.", StringComparison.Ordinal))
            {
                file.Add(name, parameter.Value.Shape.ToArray(), 0, MemoryMarshal.AsBytes(parameter.Value.Values).ToArray());
            }
        }

        return file;
    }

    private static string Phantom(string word) => word.StartsWith('[') ? word
        : word.StartsWith("##", StringComparison.Ordinal) ? word[2..] : '\u2581' + word;
}
