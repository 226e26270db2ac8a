using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance.Extensibility.Tests;

public sealed class ArchitectureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    private static readonly ModelSizes Sizes = new() { VocabSize = 8, HiddenSize = 8, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 12, MaxPositionEmbeddings = 16 };

    static ArchitectureTests() => Architectures.Register(MixerModel.Descriptor);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void An_architecture_of_another_program_is_made_saved_and_loaded_with_its_heads()
    {
        var body = Transformer.CreateRandom("mixer", Sizes, seed: 1);
        body.FindLayer("layers.1.mix").ShouldBeOfType<Linear>().Outputs.ShouldBe(8);
        var batch = PackedBatch.From([[1, 2, 3], [4]]);
        using var run = new Computation();
        var hidden = body.Forward(run, batch);

        body.Save(_folder.FullName);
        Transformer.Load(_folder.FullName).Forward(run, batch).Values.ToArray().ShouldBe(hidden.Values.ToArray());

        var masked = TaskModel.CreateMaskedLanguageModel(body, seed: 2);
        masked.Save(_folder.FullName);
        TaskModel.Load(_folder.FullName).Forward(run, batch)["logits"].Values.ToArray().ShouldBe(masked.Head!.Forward(run, hidden, batch).Values.ToArray());
        TaskModel.CreateClassifier(body, ["no", "yes"], seed: 3).Forward(run, batch)["logits"].Shape.ToArray().ShouldBe([2, 2]);
    }

    [Fact]
    public void A_sentence_transformer_stands_on_it()
    {
        var tokenizer = Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c"]);
        var model = new SentenceTransformer([new TransformerModule(tokenizer, Transformer.CreateRandom("mixer", Sizes, seed: 1)), new PoolingModule(8, [Architectures.Find("mixer")!.Pooling])]);
        model.Save(_folder.FullName);
        SentenceTransformer.Load(_folder.FullName).Encode("a b c").ShouldBe(model.Encode("a b c"));
    }

    [Fact]
    public void A_name_is_registered_once() =>
        Should.Throw<ArgumentException>(() => Architectures.Register(MixerModel.Descriptor)).Message.ShouldContain("'mixer'");
}
