namespace Semblance.Transformers.Tests;

public class FixtureFolderTests
{
    [Theory]
    [InlineData("models")]
    [InlineData("images")]
    public void Every_recorded_folder_is_compared_by_a_test(string path)
    {
        var compared = FixtureFolders.ArgumentsOf("equals?_(the_original|that_of_the_formulas)");
        FixtureFolders.Of(path).Except(["electra-pretraining"]).ShouldAllBe(folder => compared.Contains(folder)); // a head without a body
    }
}
