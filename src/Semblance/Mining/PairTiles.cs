using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Compares each vector once with all later ones, or with all of another set: the upper triangle of the score matrix,
/// or all of it, in tiles that several threads process. Only two stripes of vectors are prepared at a time, so memory
/// does not grow with their number.
/// </summary>
/// <param name="vectors">The rows of the score matrix.</param>
/// <param name="others">The columns; null for the vectors themselves.</param>
/// <param name="options">The mining options.</param>
/// <param name="sink">The receiver of the scores.</param>
/// <param name="progress">Counts every pair.</param>
/// <param name="cancellationToken">The token that cancels the operation.</param>
internal sealed class PairTiles(
    Tensor vectors, Tensor? others, MiningOptions options, IPairSink sink, ProgressCounter progress, CancellationToken cancellationToken)
{
    private readonly bool _isTriangle = others is null;
    private readonly Tensor _columns = others ?? vectors;
    private readonly int _block = options.BlockRows;
    private readonly int _stripe =
        Math.Max(1, options.StripeFloats / Math.Max(1, vectors.Columns) / options.BlockRows) * options.BlockRows;

    public void Compare()
    {
        for (var column = 0; column < _columns.Rows; column += _stripe)
        {
            using var run = Computation();
            var columns = Stripe(run, _columns, column);
            var blocks = Comparands(columns);
            for (var row = 0; row < (_isTriangle ? column : vectors.Rows); row += _stripe)
            {
                using var rowRun = Computation();
                Compare(Stripe(rowRun, vectors, row), row, blocks, column);
            }

            if (_isTriangle)
            {
                Compare(columns, column, blocks, column);
            }
        }
    }

    private Computation Computation(int maxThreads = int.MaxValue) =>
        new(Math.Min(maxThreads, options.MaxThreads), cancellationToken: cancellationToken);

    private Tensor Stripe(Computation run, Tensor all, int first) =>
        Comparand.Ready(run, all.Slice(first, Math.Min(_stripe, all.Rows - first)), options.Similarity);

    private Comparand[] Comparands(Tensor columns)
    {
        var blocks = new Comparand[(columns.Rows + _block - 1) / _block];
        Workers.Shared.For(
            blocks.Length,
            options.MaxThreads,
            block => blocks[block] = new Comparand(Block(columns, block), options.Similarity),
            cancellationToken);
        return blocks;
    }

    private Tensor Block(Tensor stripe, int block) =>
        stripe.Slice(block * _block, Math.Min(_block, stripe.Rows - (block * _block)));

    private void Compare(Tensor rows, int firstRow, Comparand[] columns, int firstColumn)
    {
        var tiles = new List<(int Row, int Column)>();
        for (var row = 0; row * _block < rows.Rows; row++)
        {
            for (var column = _isTriangle && firstRow == firstColumn ? row : 0; column < columns.Length; column++)
            {
                tiles.Add((row, column));
            }
        }

        Workers.Shared.For(
            tiles.Count,
            options.MaxThreads,
            tile =>
            {
                var (row, column) = tiles[tile];
                Tile(Block(rows, row), firstRow + (row * _block), columns[column], firstColumn + (column * _block));
            },
            cancellationToken);
    }

    private void Tile(Tensor rows, int firstRow, Comparand columns, int firstColumn)
    {
        using var run = Computation(1);
        var scores = columns.Scores(run, rows);
        long pairs = 0;
        for (var i = 0; i < scores.Rows; i++)
        {
            // On the diagonal, a vector is compared only with those after it.
            var row = firstRow + i;
            var skip = _isTriangle ? Math.Max(0, row + 1 - firstColumn) : 0;
            sink.Take(scores.Row(i)[skip..], row, firstColumn + skip);
            pairs += scores.Columns - skip;
        }

        progress.Add(pairs);
    }
}
