namespace Semblance.Tests;

public class SimilarityFunctionsTests
{
    [Theory]
    [InlineData(SimilarityFunction.Cosine, "cosine")]
    [InlineData(SimilarityFunction.DotProduct, "dot")]
    [InlineData(SimilarityFunction.Euclidean, "euclidean")]
    [InlineData(SimilarityFunction.Manhattan, "manhattan")]
    public void Every_function_has_the_name_of_the_configuration_files(SimilarityFunction similarity, string name)
    {
        similarity.Name().ShouldBe(name);
        SimilarityFunctions.Parse(name).ShouldBe(similarity);
    }

    [Fact]
    public void An_unknown_name_is_named_beside_the_known_ones() =>
        Should.Throw<FormatException>(() => SimilarityFunctions.Parse("cos"))
            .Message.ShouldBe("There is no similarity function 'cos'; use one of cosine, dot, euclidean, manhattan.");
}
