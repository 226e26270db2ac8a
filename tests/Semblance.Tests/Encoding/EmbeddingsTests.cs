namespace Semblance.Tests;

/// <summary>The vectors of texts as collections and arrays.</summary>
public class EmbeddingsTests
{
    private static readonly string[] Texts = ["red apple", "moon", "red apple pie"];

    private static readonly Embeddings Encoded = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Encode(Texts);

    [Fact]
    public void Each_vector_is_enumerated_as_it_is_in_the_matrix()
    {
        var vectors = Encoded.ToList();
        vectors.Count.ShouldBe(3);
        for (var row = 0; row < 3; row++)
        {
            vectors[row].ToArray().ShouldBe(Encoded[row].ToArray());
            ((IReadOnlyList<ReadOnlyMemory<float>>)Encoded)[row].ToArray().ShouldBe(Encoded[row].ToArray());
        }

        // As Microsoft.Extensions.AI's Embedding<float> takes a vector.
        Encoded.Zip(Texts, (vector, text) => (text, vector.Length)).ShouldBe(Texts.Select(text => (text, Encoded.Dimension)));
    }

    [Fact]
    public void Arrays_have_the_elements_of_the_matrix()
    {
        var (jagged, rectangular) = (Encoded.ToJaggedArray(), Encoded.ToRectangularArray());
        jagged.SelectMany(row => row).ShouldBe(Encoded.Vectors.Values.ToArray());
        rectangular.Cast<float>().ShouldBe(Encoded.Vectors.Values.ToArray());
        (rectangular.GetLength(0), rectangular.GetLength(1)).ShouldBe((3, Encoded.Dimension));
    }

    [Fact]
    public void A_copy_does_not_change_the_vectors()
    {
        Encoded.ToJaggedArray()[0][0] = 7;
        Encoded[0][0].ShouldNotBe(7);
    }

    [Fact]
    public void No_texts_have_no_vectors()
    {
        var none = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Encode([]);
        none.ShouldBeEmpty();
        none.ToJaggedArray().ShouldBeEmpty();
        none.ToRectangularArray().Length.ShouldBe(0);
    }

    [Fact]
    public void Token_vectors_are_enumerated_by_text()
    {
        var tokens = MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"))).EncodeDocument(Texts);
        tokens.Select(vectors => vectors.Rows).ShouldBe(tokens.Vectors.Select(vectors => vectors.Rows));
    }
}
