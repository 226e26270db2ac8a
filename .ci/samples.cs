// What the documentation's samples speak of without declaring it.
internal class Names
{
    public static SentenceTransformer model = null!;
    public static string[] args = [];
    public static string document = "";
    public static string[] documents = [], corpus = [], languages = [];
    public static string[] texts = [];
    public static Tensor vectors = null!, queries = null!, sample = null!;
    public static IProgress<double>? progress;
    public static CancellationToken cancellationToken;
}

internal static class Program
{
    private static void Main()
    {
    }
}
