using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance.Tests;

public class RandomModelTests
{
    public static TheoryData<string> Architectures => [.. NewConfiguration.Architectures];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void A_new_model_of_each_architecture_encodes_and_loads_again(string architecture)
    {
        using var folder = new TemporaryFolder();
        var tokenizer = CharacterTokenizer.Create(architecture);
        var sizes = new ModelSizes { VocabSize = tokenizer.VocabularySize, HiddenSize = 16, NumHiddenLayers = 1, NumAttentionHeads = 2, MaxPositionEmbeddings = 32 };
        var model = RandomModel.Create(architecture, tokenizer, sizes, seed: 3);
        model.Modules.Count.ShouldBe(3);
        ((PoolingModule)model.Modules[1]).PoolingModes.ShouldBe([Transformers.Architectures.Find(architecture)!.Pooling]);
        var vector = model.Encode("a b, 你好");
        model.Save(folder.Of("model"));
        SentenceTransformer.Load(folder.Of("model")).Encode("a b, 你好").ShouldBe(vector);
        RandomModel.Create(architecture, tokenizer, sizes, seed: 3, normalize: false).Modules.Count.ShouldBe(2);
    }
}
