namespace Semblance.Tests;

public class FixtureFolderTests
{
    [Fact]
    public void Every_recorded_folder_is_compared_by_a_test()
    {
        var compared = FixtureFolders.ArgumentsOf("^Every_recorded_(result|score)_is_reproduced$");
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "tests", "Semblance.Tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        FixtureFolders.Of("st").ShouldAllBe(folder =>
            compared.Contains(folder) || sources.Contains($"RecordedFolder(\"st/{folder}\")") || sources.Contains($"\"st/{folder}/expected.safetensors\""));
    }
}
