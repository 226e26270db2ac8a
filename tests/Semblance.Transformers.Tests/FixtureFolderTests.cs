namespace Semblance.Transformers.Tests;

public class FixtureFolderTests
{
    [SharedTheory]
    [InlineData("models")]
    [InlineData("images")]
    public void Every_recorded_folder_is_compared_by_a_test(string path)
    {
        var compared = FixtureFolders.ArgumentsOf("equals?_the_original");
        FixtureFolders.Of(path).ShouldAllBe(folder => compared.Contains(folder));
    }
}
