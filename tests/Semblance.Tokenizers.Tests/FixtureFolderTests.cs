namespace Semblance.Tokenizers.Tests;

public class FixtureFolderTests
{
    [Fact]
    public void Every_folder_of_a_small_vocabulary_is_compared_by_a_test() =>
        FixtureFolders.Of("tokenizers").Where(folder => folder != "sentencepiece")
            .ShouldBe(FixtureFolders.ArgumentsOf(nameof(GoldenTests.Every_recorded_encoding_and_decoding_with_a_small_vocabulary_is_reproduced)), ignoreOrder: true);

    [SharedFact]
    public void Every_recorded_folder_is_compared_by_a_test()
    {
        var compared = FixtureFolders.ArgumentsOf(nameof(GoldenTests.Every_recorded_encoding_and_decoding_is_reproduced));
        FixtureFolders.Of("tokenizers", shared: true).Where(folder => folder != "sentencepiece").ShouldAllBe(folder => compared.Contains(folder));

        var models = FixtureFolders.ArgumentsOf(nameof(GoldenTests.A_SentencePiece_model_alone_gives_the_ids_of_the_SentencePiece_library));
        Directory.EnumerateFiles(Fixtures.InShared("fixtures/tokenizers/sentencepiece"), "*.model").Select(Path.GetFileNameWithoutExtension).ShouldBe(models, ignoreOrder: true);
    }
}
